using Spectre.Console;

namespace Tessera.Cli;

/// <summary>Says what is being done: a spinner on a terminal, nothing where output is not one.</summary>
internal static class Progress
{
    public static T Show<T>(Func<Action<string>, T> work) => AnsiConsole.Profile.Capabilities.Interactive
        ? AnsiConsole.Status().Start("start", status => work(step => status.Status(step)))
        : work(static _ => { });
}
