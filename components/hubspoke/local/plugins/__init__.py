"""The simulated clouds as provider plugins for the Pulumi CLI: the same implementation, over gRPC."""
