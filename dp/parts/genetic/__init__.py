"""What the genetic algorithm's chapter needs around its algorithm: options, report, window."""
