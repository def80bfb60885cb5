"""A table's policy and values as pictures, where states have three parts: blackjack's are the book's Figure 5.2."""

from common.figures import Panel
from dp.parts.greedy import greedy_policy
from gridworld import text
from gridworld.task import Task
from tabular.parts.table_agent import ActionTable
from tabular.parts.table_text import place_of

import numpy as np


def table_panels(task: Task, agent: ActionTable) -> list[Panel]:
    """For each value of the third part the policy and what it is worth, the first part's largest value on top.

    Lines and columns that were never seen are left out; an empty list for states of another kind.
    """
    if len(task.parts) != 3:
        return []
    rows, columns, third = task.parts
    shape = rows.size, columns.size, third.size
    table = agent.action_values
    policy = greedy_policy(table)[task.order].reshape(*shape, -1)
    values = table.max(axis=1)[task.order].reshape(shape)
    visits = np.array(agent.visits).sum(axis=1)[task.order].reshape(shape)
    panels = []
    for value in range(third.size):
        seen = visits[:, :, value] > 0
        down, across = np.flatnonzero(seen.any(axis=1))[::-1], np.flatnonzero(seen.any(axis=0))
        if not len(down):
            continue
        here = np.ix_(down, across)
        words = [
            [text.arrows(chances, task.signs) if was else "" for chances, was in zip(line, known, strict=True)]
            for line, known in zip(policy[:, :, value][here].tolist(), seen[here], strict=True)
        ]
        shades = 1 - 0.25 * policy[:, :, value, 0][here]
        names = [str(columns.first + column) for column in across], [str(rows.first + row) for row in down]
        title = place_of(third, value)
        panels.append(Panel(title, columns.name, rows.name, (), shades, *names, texts=words, limits=(0, 1)))
        panels.append(Panel(f"values, {title}", columns.name, rows.name, (), values[:, :, value][here], *names))
    return panels
