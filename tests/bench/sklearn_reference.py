#!/usr/bin/env python3
"""knn and kde by scikit-learn, for the speed benchmark: the twin of methods_speed.cpp.

    python3 tests/bench/sklearn_reference.py METHOD COLUMNS TRAIN TEST SCORES

TRAIN and TEST hold rows of float32; scores are written as float64. Prints one JSON line: seconds of the processor that fit and score took.
"""
import json
import sys
import time

import numpy as np
from sklearn.decomposition import PCA
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity, NearestNeighbors
from threadpoolctl import threadpool_limits


class Knn:
    def fit(self, train):
        self.neighbours = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(train)

    def score(self, test):
        return self.neighbours.kneighbors(test)[0].mean(1)


class Kde:
    """PCA whitening that keeps 95 % of the variance, and the bandwidth that five folds find most likely.

    One leaf holds all rows: in so many columns a tree of small leaves is slower, and its bounds lose most digits of some densities.
    """

    def fit(self, train):
        self.pca = PCA(0.95, whiten=True, svd_solver="full").fit(train)
        rows = self.pca.transform(train)
        search = GridSearchCV(KernelDensity(leaf_size=len(rows)), {"bandwidth": 2.0 ** (np.arange(-9, 11) / 2)}, cv=5).fit(rows)
        self.density = search.best_estimator_

    def score(self, test):
        return -self.density.score_samples(self.pca.transform(test))


def main():
    method, columns, train, test, scores = sys.argv[1:]
    train, test = (np.fromfile(path, np.float32).reshape(-1, int(columns)) for path in (train, test))
    model = {"knn": Knn, "kde": Kde}[method]()
    with threadpool_limits(1):
        start = time.process_time()
        model.fit(train)
        fitted = time.process_time()
        found = model.score(test)
        scored = time.process_time()
    np.asarray(found, np.float64).tofile(scores)
    print(json.dumps({"fit": fitted - start, "score": scored - fitted}))


if __name__ == "__main__":
    main()
