using Tessera.Nn;

namespace Tessera.Compiler.Tests.Packed;

/// <summary>A layer at a tiny width over inputs of which some have the ragged size n, or m.</summary>
/// <param name="Name">What is tested.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Forward">Calls it.</param>
/// <param name="Inputs">Types of one example's inputs.</param>
internal sealed record LayerCase(string Name, Func<Module> Make, Func<Module, Tensor[], Tensor> Forward, params string[] Inputs)
{
    public IReadOnlyList<string> Ragged => [.. ((string[])["n", "m"]).Where(s => Inputs.Any(type => type.Contains(s, StringComparison.Ordinal)))];

    /// <summary>What an example must be.</summary>
    public IReadOnlyList<string> Constraints { get; init; } = [];

    public static LayerCase Of<T>(string name, Func<T> make, Func<T, Tensor[], Tensor> forward, params string[] inputs)
        where T : Module => new(name, make, (layer, x) => forward((T)layer, x), inputs);

    public LayerCase From(params string[] constraints) => this with { Constraints = constraints };

    public override string ToString() => Name;
}
