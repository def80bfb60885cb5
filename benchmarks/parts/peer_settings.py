"""What `peers.py` compares: the other libraries' models with RL Zoo's settings, and in what they differ from ours."""

from typing import Any

ON_POLICY = ("a2c", "ppo", "trpo")


def their_model(algorithm: str, seed: int, limit: int) -> Any:
    """Stable-Baselines3's model (TRPO: sb3-contrib's), RL Zoo's settings for CartPole-v1, `limit` steps at most."""
    from stable_baselines3 import A2C, DQN, PPO
    from stable_baselines3.common.env_util import make_vec_env

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


def their_settings(algorithm: str, model: Any) -> dict[str, str]:
    """What the second table says about their side."""
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


def our_settings(algorithm: str, options: dict[str, Any]) -> dict[str, str]:
    """What the second table says about ours, from the options of a run."""
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
