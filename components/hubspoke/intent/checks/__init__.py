"""The rules of the intent, by subject. Each takes a WAN and yields what is wrong."""
