"""``snakescribe completion``: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from snakescribe.cli.names import PROGRAM, VARIABLE


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> None:
    """Print a script with which a shell completes commands, options and files.

    \b
        eval "$(snakescribe completion bash)"                      in ~/.bashrc
        eval "$(snakescribe completion zsh)"                       in ~/.zshrc
        snakescribe completion fish > ~/.config/fish/completions/snakescribe.fish
    """
    kind = get_completion_class(shell)
    assert kind is not None
    shell_script = kind(ctx.find_root().command, {}, PROGRAM, VARIABLE)
    # Not by `source()`, which looks for the shell of the same name and its version.
    click.echo(kind.source_template % shell_script.source_vars())
