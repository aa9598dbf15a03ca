using Spectre.Console;

namespace Tessera.Cli;

/// <summary>Where a command writes: colour and progress on a terminal, plain lines that never wrap anywhere else.</summary>
internal sealed class Terminal(TextWriter output, TextWriter error)
{
    private const int NoWrapping = 100_000;

    /// <summary>Results as text, never styled.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Logs as text, never styled.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Results, styled where they go to a terminal.</summary>
    public IAnsiConsole Results { get; } = Console(output, ReferenceEquals(output, System.Console.Out) && !System.Console.IsOutputRedirected);

    /// <summary>Errors and warnings.</summary>
    public IAnsiConsole Messages { get; } = Console(error, ReferenceEquals(error, System.Console.Error) && !System.Console.IsErrorRedirected);

    /// <summary>Shows the steps of long work: a spinner on a terminal, nothing elsewhere.</summary>
    public T Show<T>(Func<Action<string>, T> work) => Results.Profile.Capabilities.Interactive
        ? Results.Status().Start("start", status => work(step => status.Status(Markup.Escape(step))))
        : work(static _ => { });

    private static IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = NoWrapping;
        }

        return console;
    }
}
