"""What `peers.py` compares: the other libraries' models with RL Zoo's settings, and in what they differ from ours."""

from typing import Any

import numpy as np

ON_POLICY = ("a2c", "ppo", "trpo")
OFF_POLICY = ("ddpg", "td3", "sac")
"""Those that play Pendulum-v1; every other plays CartPole-v1."""
EARLY = "-early"
"""Behind a name: as RL Zoo has it, but learning_starts=500."""


def variants(algorithm: str) -> tuple[str, ...]:
    """What of theirs stands beside ours: RL Zoo's settings, and where these play 10,000 random steps first, 500."""
    return (algorithm, algorithm + EARLY) if algorithm in ("ddpg", "td3") else (algorithm,)


def problem(variant: str) -> str:
    """The environment that is to be solved."""
    return "Pendulum-v1" if variant.removesuffix(EARLY) in OFF_POLICY else "CartPole-v1"


def their_model(variant: str, seed: int, limit: int) -> Any:
    """Stable-Baselines3's model (TRPO: sb3-contrib's), RL Zoo's settings for its problem, `limit` steps at most."""
    from stable_baselines3 import A2C, DDPG, DQN, PPO, SAC, TD3
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.noise import NormalActionNoise

    algorithm = variant.removesuffix(EARLY)
    if algorithm == "sac":
        return SAC("MlpPolicy", "Pendulum-v1", learning_rate=1e-3, seed=seed, device="cpu")
    if algorithm in ("ddpg", "td3"):
        return (DDPG if algorithm == "ddpg" else TD3)(
            "MlpPolicy",
            "Pendulum-v1",
            gamma=0.98,
            buffer_size=200_000,
            learning_starts=500 if variant.endswith(EARLY) else 10_000,
            action_noise=NormalActionNoise(np.zeros(1), np.full(1, 0.1)),
            gradient_steps=1,
            train_freq=1,
            learning_rate=1e-3,
            policy_kwargs={"net_arch": [400, 300]},
            seed=seed,
            device="cpu",
        )
    if algorithm == "a2c":
        return A2C("MlpPolicy", make_vec_env("CartPole-v1", n_envs=8, seed=seed), ent_coef=0.0, seed=seed, device="cpu")
    if algorithm == "ppo":

        def falling(first: float) -> Any:  # to 0 over RL Zoo's 100,000 steps; SB3 gives the share of `limit` still left
            return lambda left: first * max(0.0, 1 - (1 - left) * limit / 100_000)

        return PPO(
            "MlpPolicy",
            make_vec_env("CartPole-v1", n_envs=8, seed=seed),
            learning_rate=falling(1e-3),
            clip_range=falling(0.2),
            n_steps=32,
            batch_size=256,
            n_epochs=20,
            gamma=0.98,
            gae_lambda=0.8,
            ent_coef=0.0,
            seed=seed,
            device="cpu",
        )
    if algorithm == "trpo":
        from sb3_contrib import TRPO

        return TRPO(
            "MlpPolicy",
            make_vec_env("CartPole-v1", n_envs=2, seed=seed),
            n_steps=512,
            batch_size=512,
            cg_damping=1e-3,
            gae_lambda=0.98,
            gamma=0.99,
            learning_rate=1e-3,
            n_critic_updates=20,
            seed=seed,
            device="cpu",
        )
    return DQN(
        "MlpPolicy",
        "CartPole-v1",
        learning_rate=2.3e-3,
        batch_size=64,
        buffer_size=100_000,
        learning_starts=1000,
        gamma=0.99,
        target_update_interval=10,
        train_freq=256,
        gradient_steps=128,
        exploration_fraction=0.16 * 50_000 / limit,  # RL Zoo: 0.16 of its 50,000 steps
        exploration_final_eps=0.04,
        policy_kwargs={"net_arch": [256, 256]},
        seed=seed,
        device="cpu",
    )


def their_settings(variant: str, model: Any) -> dict[str, str]:
    """What the second table says about their side."""
    algorithm = variant.removesuffix(EARLY)
    if algorithm in OFF_POLICY:
        return _their_off_policy(algorithm, model)
    layers = model.policy.net_arch
    sizes = layers["pi"] if isinstance(layers, dict) else layers
    falls = ", linear to 0 over 100,000 steps" if algorithm == "ppo" else ""
    shared = {
        "network": f"{' x '.join(map(str, sizes))} {model.policy.activation_fn.__name__}",
        "optimiser": f"{type(model.policy.optimizer).__name__}, {model.lr_schedule(1.0):g}{falls}",
        "discount": f"{model.gamma:g}",
        "longest gradient": f"{model.max_grad_norm:g}",
    }
    if algorithm in ON_POLICY:
        shared |= {
            "value learns": f"with the policy's optimiser, its error times {model.vf_coef:g}",
            "environments x steps an update": f"{model.n_envs} x {model.n_steps}",
            "lambda": f"{model.gae_lambda:g}",
            "advantages normalised": f"{model.normalize_advantage}",
            "entropy bonus": f"{model.ent_coef:g}",
        }
    if algorithm == "trpo":
        return _of_the_values(shared) | {
            "KL divergence at most": f"{model.target_kl:g}",
            "conjugate gradient, iterations": f"{model.cg_max_steps}",
            "damping": f"{model.cg_damping:g}",
            "line search": f"{model.line_search_max_iter} x {model.line_search_shrinking_factor:g}",
            "value's epochs x minibatch": f"{model.n_critic_updates} x {model.batch_size}",
        }
    if algorithm == "a2c":
        return shared
    if algorithm == "ppo":
        return shared | {
            "advantages normalised": "over the minibatch",
            "clip": f"{model.clip_range(1.0):g}{falls}",
            "epochs x minibatch": f"{model.n_epochs} x {model.batch_size}",
        }
    return shared | {
        "loss": "huber",
        "n-step": "1",
        "batch": str(model.batch_size),
        "memory": f"{model.buffer_size:,}",
        "learning starts": f"{model.learning_starts:,}",
        "gradient steps / steps": f"{model.gradient_steps} / {model.train_freq.frequency}",
        "target network every": f"{max(model.target_update_interval, model.train_freq.frequency)} steps",
        "epsilon": f"{model.exploration_initial_eps:g} to {model.exploration_final_eps:g}, linear over 8,000 steps",
    }


def _their_off_policy(algorithm: str, model: Any) -> dict[str, str]:
    """The same, of those that play Pendulum-v1."""
    said = {
        "network": f"{' x '.join(map(str, model.policy.net_arch))} {model.policy.activation_fn.__name__}",
        "optimiser": f"{type(model.actor.optimizer).__name__}, {model.lr_schedule(1.0):g}",
        "critic's optimiser": f"{type(model.critic.optimizer).__name__}, {model.lr_schedule(1.0):g}",
        "discount": f"{model.gamma:g}",
        "tau": f"{model.tau:g}",
        "reward times": "1",
        "batch": str(model.batch_size),
        "memory": f"{model.buffer_size:,}",
        "learning starts": f"{model.learning_starts:,}",
        "gradient steps / steps": f"{model.gradient_steps} / {model.train_freq.frequency}",
    }
    if algorithm == "sac":
        return said | {
            "temperature": f"{model.log_ent_coef.exp().item():g} at first" if model.ent_coef == "auto" else "fixed",
            "target entropy": f"{model.target_entropy:g}",
        }
    return said | {"noise": "Gaussian, 0.1"} | _delay(algorithm, model.policy_delay, model.target_policy_noise)


def our_settings(algorithm: str, options: dict[str, Any]) -> dict[str, str]:
    """What the second table says about ours, from the options of a run."""
    if algorithm in OFF_POLICY:
        return _our_off_policy(algorithm, options)
    shared = {
        "network": f"{' x '.join(map(str, options['hidden']))} {'Tanh' if algorithm in ON_POLICY else 'ReLU'}",
        "optimiser": f"Adam, {options.get('learning_rate', options.get('critic_learning_rate')):g}",
        "discount": f"{options['discount']:g}",
        "longest gradient": "0.5" if algorithm in ON_POLICY else "inf",
    }
    if algorithm in ON_POLICY:
        shared |= {
            "value learns": f"with an optimiser of its own, Adam, {options['critic_learning_rate']:g}",
            "environments x steps an update": f"{options['environments']} x {options['rollout']}",
            "lambda": f"{options['trace_decay']:g}",
            "advantages normalised": "True",
            "entropy bonus": f"{options.get('entropy_bonus', 0.0):g}",
        }
    if algorithm == "trpo":
        return _of_the_values(shared) | {
            "KL divergence at most": f"{options['delta']:g}",
            "conjugate gradient, iterations": f"{options['iterations']}",
            "damping": f"{options['damping']:g}",
            "line search": f"{options['tries']} x {options['shrink']:g}",
            "value's epochs x minibatch": f"{options['critic_steps']} x the rollout",
        }
    if algorithm == "a2c":
        return shared
    if algorithm == "ppo":
        return shared | {
            "advantages normalised": "over the rollout",
            "clip": f"{options['clip']:g}",
            "epochs x minibatch": f"{options['epochs']} x {options['minibatch']}",
        }
    return shared | {
        "loss": options["loss"],
        "n-step": "1",
        "batch": str(options["batch"]),
        "memory": f"{options['memory']:,}",
        "learning starts": f"{options['learning_starts']:,}",
        "gradient steps / steps": f"{options['learn_every']} / {options['learn_every']}",
        "target network every": f"{options['target_every']} steps",
        "epsilon": f"{options['epsilon_start']:g} to {options['epsilon_end']:g}, x {options['epsilon_decay']:g} a step",
    }


def _of_the_values(shared: dict[str, str]) -> dict[str, str]:
    """TRPO's policy has no optimiser: what is said of one is the values'."""
    left_out = ("value learns", "longest gradient", "optimiser")
    return {name: what for name, what in shared.items() if name not in left_out} | {
        "value's optimiser": shared["optimiser"]
    }


def _our_off_policy(algorithm: str, options: dict[str, Any]) -> dict[str, str]:
    """What the second table says about ours, of those that play Pendulum-v1."""
    said = {
        "network": f"{' x '.join(map(str, options['hidden']))} ReLU",
        "optimiser": f"Adam, {options['learning_rate']:g}",
        "critic's optimiser": f"Adam, {options['critic_learning_rate']:g}",
        "discount": f"{options['discount']:g}",
        "tau": f"{options['tau']:g}",
        "reward times": f"{options['reward_scale']:g}",
        "batch": str(options["batch"]),
        "memory": f"{options['memory']:,}",
        "learning starts": f"{options['learning_starts']:,}",
        "gradient steps / steps": f"{options['learn_every']} / {options['learn_every']}",
    }
    if algorithm == "sac":
        return said | {
            "temperature": f"{options['temperature']:g} at first",
            "target entropy": f"{options['target_entropy']:g}",
        }
    noise = "Gaussian" if options["theta"] == 1 else f"Ornstein-Uhlenbeck, theta {options['theta']:g}"
    said["noise"] = f"{noise}, {options['sigma']:g}"
    return said | _delay(algorithm, options.get("delay", 1), options.get("target_sigma", 0.0))


def _delay(algorithm: str, delay: int, noise: float) -> dict[str, str]:
    """What TD3 has and DDPG does not."""
    return {"actor's delay": str(delay), "noise on the target": f"{noise:g}"} if algorithm == "td3" else {}
