"""Many learners stepped together, to the end."""

from tabular.parts.vector import Runs, VectorLearner


def run(learners: VectorLearner, episodes: int) -> Runs:
    """Let every learner finish so many episodes."""
    runs = learners.empty_runs(episodes)
    for _ in learners.steps(episodes, runs):
        pass
    return runs
