"""The rules, one idea a file. They are plain functions from resources to findings; `rule` makes policies of them."""
