"""The domain of the office: one folder a slice, all of one shape. A slice enters when it is needed."""
