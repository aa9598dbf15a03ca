namespace Tessera.Cli.Tests;

/// <summary>One run of the tool in this process: exit code and what it wrote.</summary>
internal sealed record ToolRun(int Exit, string Output, string Error)
{
    /// <summary>The assembly that holds the modules of these tests.</summary>
    public static string Assembly { get; } = typeof(ToolRun).Assembly.Location;

    public static ToolRun Of(params string[] args)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int exit = Cli.Run(args, output, error);
        return new ToolRun(exit, output.ToString(), error.ToString());
    }

    /// <summary>Compiles <see cref="Encoder"/>, or what the options name.</summary>
    public static ToolRun Compile(string file, params string[] options) => Of(
        ["compile", Assembly, .. options.Contains("--module") ? [] : (string[])["--module", nameof(Encoder)], "-o", file, .. options]);
}
