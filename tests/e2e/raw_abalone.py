"""A small file as Abalone's, 240 rows of which 40 are of rare ages:  raw_abalone.py FILE"""
import random
import sys

random.seed(1)
with open(sys.argv[1], "w", encoding="ascii") as file:
    for i in range(240):
        rings = random.choice([8, 9, 10]) if i < 200 else random.choice([3, 21])
        columns = [f"{random.gauss(rings / 20, .05):.4f}" for _ in range(7)]
        file.write(",".join([random.choice("MFI"), *columns, str(rings)]) + "\n")
