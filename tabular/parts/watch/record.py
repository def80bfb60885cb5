"""What a learner does in one step, written down from outside: one that nobody watches pays nothing for it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from gridworld.discrete import DiscreteEnv
from gridworld.world import GridWorld
from tabular.parts.method import Agent, Target
from tabular.parts.table_agent import ActionTable, StateTable, Update

TOLERANCE = 1e-9
"""Of sums that are the same numbers added up in another order, in proportion to the numbers."""


class Transition(NamedTuple):
    """One step in the environment. explored: whether the action was not the best in the agent's eyes; None where the
    policy is given."""

    state: int
    action: int
    reward: float
    next_state: int
    terminated: bool
    explored: bool | None


class Following(NamedTuple):
    """What a target adds to the reward: the next state's actions that it used, and what they are worth together.

    ended: whether nothing follows, because the episode terminated.
    """

    actions: tuple[int, ...]
    value: float
    ended: bool = False


class Entry(NamedTuple):
    """An update with where it came from.

    transition: the step whose reward it used; following: what came after it, None where the target is known only as a
    whole; total: the return from that step on, where the target is made of one; ratio: the return's weight, how much
    likelier the target policy was to go on like that, None on-policy; weights: C(s) or C(s, a) after it; steps: those
    whose rewards are in the target, where they may be several, the first of them the transition.
    """

    update: Update
    transition: Transition | None
    following: Following | None = None
    total: float | None = None
    ratio: float | None = None
    weights: float | None = None
    steps: tuple[Transition, ...] = ()

    @property
    def led_to(self) -> int | None:
        """The state that follows the rewards in the target."""
        last = self.steps[-1] if self.steps else self.transition
        return None if last is None else last.next_state


class Record:
    """Listens to what an agent and its environment call; nothing is changed by it.

    target: how the method's target uses the next state. transition: the last step. entries: the updates of visited
    pairs since `begin_step`, in order. planned: the pairs that moved besides, by a model or by their traces.
    episode: the present episode's steps. commands: answers to the agent's next choices, in place of its own.
    """

    def __init__(self, agent: Agent, env: DiscreteEnv, target: Target | None) -> None:
        self.agent, self.target = agent, target
        self.transition: Transition | None = None
        self.entries: list[Entry] = []
        self.planned: list[tuple[int, int]] = []
        self.episode: list[Transition] = []
        self._learned = 0
        self.commands: list[int] = []
        self._choice: tuple[int, int, bool] | None = None
        self._double: int | None = None
        self._backwards: Iterator[tuple[Transition, float, float]] = iter(())
        self._listen(agent, act=self._act)
        if hasattr(agent, "begin"):
            self._listen(agent, begin=self._act)
        traced = {"update_traced": self._update} if hasattr(agent, "update_traced") else {}
        if isinstance(agent, ActionTable):
            halves: tuple[ActionTable, ...] = getattr(agent, "halves", ())
            self._listen(agent, move=self._plan, **({} if halves else traced or {"update": self._update}))
            for half in halves:
                self._listen(half, act=self._act_half, update=self._update)
        else:
            self._listen(agent, **(traced or {"move": self._update}))
        self.use(env)

    def use(self, env: DiscreteEnv) -> None:
        """Listen to this environment from now on."""
        self.commands, self._take = [], env.step
        self._state = getattr(env, "state", 0)
        self._resumed: int | None = None
        self._taken: Any = None
        self._listen(env, reset=self._reset, step=self._step)

    def resume(self, state: int) -> None:
        """Let the loop that begins next go on in this state instead of at a start."""
        self._resumed, self.episode, self._learned = state, [], 0

    def take(self, action: int) -> bool:
        """Take an action in the environment before the loop does, which gets the same answer; whether that was all."""
        self._taken = self._take(action)
        return bool(self._taken[2] or self._taken[3])

    @property
    def state(self) -> int:
        """Where the agent is."""
        if self._taken is not None:
            return int(self._taken[0])
        return self._state

    @property
    def has_taken(self) -> bool:
        """Whether an action was taken that the loop has not learned from yet."""
        return self._taken is not None

    def begin_step(self) -> None:
        """Forget what the step before did."""
        self.entries, self.planned = [], []

    def _listen(self, to: Any, **ears: Callable[..., Any]) -> None:
        for name, ear in ears.items():
            setattr(to, name, _with(ear, getattr(to, name), to))

    # What is called

    def _reset(self, original: Callable[..., Any], env: Any, **arguments: Any) -> Any:
        if self._resumed is not None:
            state, self._resumed = self._resumed, None
            return state, {}
        state, info = original(**arguments)
        self._state, self.episode, self._learned = state, [], 0
        return state, info

    def _step(self, original: Callable[..., Any], env: Any, action: int) -> Any:
        answer = original(action) if self._taken is None else self._taken
        self._taken = None
        next_state, reward, terminated = answer[:3]
        explored = None
        if self._choice is not None and self._choice[:2] == (self._state, action):
            explored = self._choice[2]
        if not isinstance(self.agent, ActionTable):
            explored = None
        self.transition = Transition(self._state, action, reward, next_state, terminated, explored)
        self.episode.append(self.transition)
        self._state = next_state
        return answer

    def _act(self, original: Callable[..., int], agent: Any, state: int) -> int:
        action = self.commands.pop(0) if self.commands else original(state)
        explored = isinstance(agent, ActionTable) and agent.table[state][action] < agent.best[state]
        self._choice = (state, action, explored)
        return action

    def _act_half(self, original: Callable[..., int], half: Any, state: int) -> int:
        self._double = original(state)
        return self._double

    def _plan(self, original: Callable[..., None], agent: Any, state: int, action: int, error: float) -> None:
        original(state, action, error)
        self.planned.append((state, action))

    def _update(self, original: Callable[..., None], table: Any, state: int, *arguments: Any) -> None:
        following = self._following(table)
        if self.target == "return" and not self.entries:
            self._backwards = iter(list(self._returns()))  # before the table moves
        original(state, *arguments)
        self.entries.append(self._entry(table.last_update, following))

    # What it means

    def _following(self, table: Any) -> Following | None:
        """What the target makes of the state that the last step led to, as the table is before the update."""
        if self.transition is None or self.target is None:
            return None
        state = self.transition.next_state
        if self.transition.terminated:
            return Following((), 0.0, ended=True)
        row = table.table[state]
        if self.target == "value":
            return Following((), row)
        if self.target == "expected":
            return Following(tuple(range(len(row))), table.expected_value(state))
        if self.target == "best":
            return Following(tuple(a for a, value in enumerate(row) if value == max(row)), max(row))
        if self.target == "judged" and self._double is not None:
            first, second = self.agent.halves  # type: ignore[union-attr]
            judge = second if table is first else first
            return Following((self._double,), judge.table[state][self._double])
        if self.target == "drawn" and self._choice is not None and self._choice[0] == state:
            return Following((self._choice[1],), row[self._choice[1]])
        return None

    def _entry(self, update: Update, following: Following | None) -> Entry:
        """The update with the step that explains its target, if one does."""
        step = self.transition
        if self.target == "return":
            return self._entry_of_return(update)
        if following is not None and hasattr(self.agent, "n"):
            return self._entry_of_steps(update, following, self.agent.n)
        if step is None or following is None or step.state != update.state:
            return Entry(update, None)
        explained = _same(step.reward + self.agent.discount * following.value, update.target)
        return Entry(update, step, following) if explained else Entry(update, None)

    def _entry_of_return(self, update: Update) -> Entry:
        """The update with the step of the episode whose return is its target."""
        for step, total, ratio in self._backwards:
            if step.state != update.state or update.action not in (None, step.action):
                continue
            if _same(total, update.target) or _same(ratio * total, update.target):
                weights = getattr(self.agent, "weights", None)
                if weights is None:
                    return Entry(update, step, total=total)
                if update.action is not None:  # the step size is W / C(s, a)
                    summed = weights[step.state][update.action]
                    return Entry(update, step, total=total, ratio=update.step_size * summed, weights=summed)
                return Entry(update, step, total=total, ratio=ratio, weights=weights[step.state])
        return Entry(update, None)

    def _entry_of_steps(self, update: Update, following: Following, n: int) -> Entry:
        """The update with the n steps whose rewards are in its target, fewer at an episode's end."""
        steps = tuple(self.episode[self._learned : self._learned + n])
        self._learned += 1
        total = following.value
        for step in reversed(steps):
            total = step.reward + self.agent.discount * total
        explained = steps and steps[0].state == update.state and _same(total, update.target)
        return Entry(update, steps[0], following, steps=steps) if explained else Entry(update, None)

    def _returns(self) -> Iterator[tuple[Transition, float, float]]:
        """The episode's steps from its end on, each with its return and how likely the target policy goes on so."""
        agent, last = self.agent, self.episode[-1]
        total, ratio = 0.0, 1.0
        if isinstance(agent, ActionTable) and not last.terminated:
            total = agent.expected_value(last.next_state)
        elif isinstance(agent, StateTable) and not last.terminated:
            total = agent.table[last.next_state]
        ratios = getattr(agent, "ratios", None)
        for step in reversed(self.episode):
            total = step.reward + agent.discount * total
            ratio *= 1.0 if ratios is None else ratios[step.state][step.action]
            yield step, total, ratio


def fell(world: GridWorld, step: Transition | None) -> bool:
    """Whether the step came to a cell that sends back, as the cliff does."""
    backs = [cell for cell in world.cells.values() if cell.goes_to is not None]
    return step is not None and any(step.reward == cell.reward + world.step_reward for cell in backs)


def _with(ear: Callable[..., Any], original: Callable[..., Any], owner: Any) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        return ear(original, owner, *arguments, **named)

    return call


def _same(first: float, second: float) -> bool:
    return abs(first - second) <= TOLERANCE * max(1.0, abs(first), abs(second))
