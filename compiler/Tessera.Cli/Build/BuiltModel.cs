using Tessera.Compiler;

namespace Tessera.Cli.Build;

/// <summary>What has become of one model.</summary>
/// <param name="Compiled">It was written; else it is as it was.</param>
/// <param name="Warnings">What should not be overlooked.</param>
internal sealed record BuiltModel(bool Compiled, IReadOnlyList<CompileWarning> Warnings)
{
    public static BuiltModel AsItWas { get; } = new(false, []);

    /// <summary>Files of weights that it follows from, which no item of the project may name.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}
