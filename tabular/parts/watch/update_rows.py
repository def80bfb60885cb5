"""An update in its parts, as lines beside the grid."""

from collections.abc import Callable, Sequence

from common.language import N_, _, plural
from gridworld.window.snapshot import UpdatedCells
from tabular.parts.table_agent import ActionTable, StateTable
from tabular.parts.watch.record import Entry

Row = tuple[str, str]

_HOW = {
    "drawn": N_("drawn"),
    "best": N_("the best"),
    "judged": N_("the best of one table"),
}


def update_rows(
    entry: Entry, target: str | None, discount: float, place: Callable[[int], str], actions: Sequence[str]
) -> list[Row]:
    """(label, value) of every part of the update: what happened, what its target used, and how far it moved.

    target: the method's, see `tabular.parts.method.Target`. place: names a state; actions: the names of the actions.
    """
    update, step = entry.update, entry.transition
    action = update.action if update.action is not None or step is None else step.action
    rows = [("s, a" if action is not None else "s", _pair(place(update.state), action, actions))]
    if step is not None and step.explored is not None:
        rows.append(("a was", _("exploratory") if step.explored else _("greedy")))
    if len(entry.steps) > 1:
        rows.append(("rewards", ", ".join(f"{each.reward:zg}" for each in entry.steps)))
        rows.append(("discount", f"{discount:g}"))
    elif step is not None:
        rows.append(("reward, discount", f"{step.reward:zg}, {discount:g}"))
    if step is not None and entry.following is not None:
        rows += _following(entry, target, place, actions)
    if entry.total is not None and step is not None:
        rows.append(("return G", f"{entry.total:z.3f}"))
    if entry.ratio is not None and entry.weights is not None:
        weight, summed = N_(("ratio rho", "weights C(s)") if update.action is None else ("weight W", "weights C(s, a)"))
        rows += [(weight, f"{entry.ratio:.3g}"), (summed, f"{entry.weights:.3g}")]
    error = N_("TD error") if entry.following is not None else N_("error")
    name = "v(s)" if update.action is None else "q(s, a)"
    return [
        *rows,
        ("target", f"{update.target:z.3f}"),
        (error, f"{update.target - update.old:+z.3f}"),
        ("step size", f"{update.step_size:.3g}"),
        (name, f"{update.old:z.3f} → {update.new:z.3f}"),
    ]


def _following(entry: Entry, target: str | None, place: Callable[[int], str], actions: Sequence[str]) -> list[Row]:
    """What the target made of the next state."""
    following, reached = entry.following, entry.led_to
    assert following is not None and reached is not None
    name = "v(s')" if target == "value" else "q(s', a')"
    if following.ended:
        ended = [("s'", _("{place}, the end", place=place(reached))), (name, "0")]
        return ended if target == "value" else [ended[0], ("a'", _("none")), ended[1]]
    rows = [("s'", place(reached))]
    if target == "expected":
        rows.append(("a'", _("expected: all of them")))
    elif following.actions:
        rows.append(
            (
                "a'",
                _(
                    "{actions}, {how}",
                    actions=_(" or ").join(_(actions[a]) for a in following.actions),
                    how=_(_HOW[str(target)]),
                ),
            )
        )
    return [*rows, (name, f"{following.value:z.3f}")]


def _pair(place: str, action: int | None, actions: Sequence[str]) -> str:
    return place if action is None else f"{place} {_(actions[action])}"


def updated_cells(entry: Entry) -> UpdatedCells:
    """The cells that the update concerns, for the picture."""
    update, step, following = entry.update, entry.transition, entry.following
    if step is None:
        return UpdatedCells(update.state, update.action)
    action = step.action if update.action is None else update.action
    if following is None:
        return UpdatedCells(update.state, action, explored=bool(step.explored))
    return UpdatedCells(update.state, action, entry.led_to, following.actions, bool(step.explored))


def knowledge(
    agent: ActionTable | StateTable, state: int, where: str, actions: Sequence[str], own_step_size: bool
) -> list[str]:
    """What the learner knows of a state: its own entries, visits, and the step size that the next update would use.

    A line is "name: explanation = value", as the window's hover panel wants it. own_step_size: the method's updates
    have one of their own, which depends on what comes.
    """
    lines = [where]

    def line(name: str, visits: int, value: float) -> str:
        known = plural("{n:,} visit", "{n:,} visits", visits)
        if not own_step_size:
            size = agent.step_size / (visits + 1) ** agent.step_size_decay
            known = _("{visits}, next step {size:.3g}", visits=known, size=size)
        return f"{name}: {known} = {value:z.3f}"

    if isinstance(agent, ActionTable):
        values, visits = agent.table[state], agent.visits[state]
        lines += [line(*row) for row in zip(map(_, actions), visits, values, strict=False)]
        sums: list[list[float]] | None = getattr(agent, "weights", None)
        if sums is not None:
            lines += [
                _("C(s, {action}): sum of its weights so far = {sum:.3g}", action=_(name), sum=each)
                for name, each in zip(actions, sums[state], strict=False)
                if each
            ]
        best = max(values)
        greedy = [_(name) for name, value in zip(actions, values, strict=False) if value == best]
        chosen = _("all alike") if len(greedy) == len(values) else _(" or ").join(greedy)
        return [*lines, _("greedy: {actions}", actions=chosen)]
    lines.append(line("v(s)", agent.visits[state], agent.table[state]))
    weights: list[float] | None = getattr(agent, "weights", None)
    if weights is None:
        return lines
    return [*lines, _("C(s): sum of the weights so far = {sum:.3g}", sum=weights[state])]
