"""How the program does with many companies on one machine, beside the same with few."""
