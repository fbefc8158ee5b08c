"""What benchmarks/run is made of: the server and the programs, contenders, one module for each experiment, tables."""
