using System.Globalization;
using Tessera.Compiler;
using Tessera.Compiler.Explain;
using Tessera.Compiler.Verify;
using Tessera.Ir;

namespace Tessera.Cli.Build;

/// <summary>What a model must fulfil, or the build fails.</summary>
internal sealed record Gates
{
    /// <summary>Not a rule, but that examples of a batch are packed.</summary>
    private const string Pack = "pack";

    /// <summary>Rules and how often each must fire, at least.</summary>
    public EquatableArray<(string Rule, int Times)> Fusions { get; init; } = [];

    /// <summary>The most nodes that the model may have.</summary>
    public int? MaxNodes { get; init; }

    /// <summary>Largest difference from the model without rewrites, over its largest element, in ONNX Runtime.</summary>
    public double? Tolerance { get; init; }

    /// <summary>Reads <c>fuse-attention:12;pack</c>.</summary>
    /// <exception cref="TesseraException">TSR0970: there is no such rule. TSR1225: a number cannot be read.</exception>
    public static EquatableArray<(string Rule, int Times)> ParseFusions(string text, string place) =>
    [
        .. text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(part => part.Split(':') switch
        {
            [Pack] => (Pack, 1),
            [var rule] => (RuleNames.Check(rule, place), 1),
            [var rule, var times] when int.TryParse(times, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 => (RuleNames.Check(rule, place), count),
            _ => throw new TesseraException("TSR1225", place, $"RequireFusion asks for '{part}'.", "Write a rule and how often it must fire: fuse-attention:12."),
        }),
    ];

    /// <summary>Checks what the report of a compilation tells.</summary>
    /// <exception cref="TesseraException">TSR0971: a rule fired less often; the nearest misses are told. TSR1226: there are more nodes. TSR1227: it is not packed.</exception>
    public void Check(ModelRequest request, CompiledModel model)
    {
        model.Report.Require(Fusions.Where(static f => f.Rule != Pack));
        if (Fusions.Any(static f => f.Rule == Pack) && request.Batch != Batching.Packed)
        {
            throw new TesseraException("TSR1227", request.Name, $"it must be packed and is {request.Batch}.", "Write Batch=\"packed\".");
        }

        CheckNodes(request, model.Nodes);
    }

    /// <summary>Checks a number of nodes.</summary>
    public void CheckNodes(ModelRequest request, int nodes)
    {
        if (nodes > MaxNodes)
        {
            throw new TesseraException("TSR1226", request.Name, $"it has {nodes} nodes; at most {MaxNodes} are allowed.", "See what was not fused: tessera explain.");
        }
    }

    /// <summary>Runs what was compiled beside what it was compiled from.</summary>
    /// <exception cref="TesseraException">TSR1228: they differ by more.</exception>
    public void Compare(ModelRequest request, byte[] original, byte[] compiled, Graph graph)
    {
        if (Tolerance is not { } tolerance)
        {
            return;
        }

        IReadOnlyList<ComparedCase> cases = ModelComparison.Run(original, compiled, new GeneratedInputs { Cases = 6 }.For(graph), _ => tolerance);
        if (cases.FirstOrDefault(static c => c.Difference is not null) is { } differs)
        {
            throw new TesseraException("TSR1228", request.Name, $"it differs from the model without rewrites on {differs.Inputs}: {differs.Difference}.", $"Tolerance is {tolerance.ToString(CultureInfo.InvariantCulture)}.");
        }

        if (cases.All(static c => c.Refused is not null))
        {
            throw new TesseraException("TSR1228", request.Name, $"nothing was compared: the model refuses all {cases.Count} inputs: {cases[0].Refused}");
        }
    }
}
