using System.Collections.Frozen;
using Tessera.Ir;
using Tessera.Passes.Canonicalize;
using Tessera.Passes.Fusion;
using Tessera.Passes.Lowering;

namespace Tessera.Passes;

/// <summary>All order of passes, as data. A new pass or rule gets one line here.</summary>
public static class Pipelines
{
    /// <summary>Puts graphs in the form that rules match: constants to the right, no identities, transposes and reshapes merged.</summary>
    public static RewritePass Canonicalize { get; } = new(
        "canonicalize",
        [
            new ConstantsRight(),
            new ScalarConstants(),
            new SimplifyArithmetic(),
            new SimplifyReduction(),
            new DropIdentity(),
            new DropInverse(),
            new DropMovement(),
            new DropEmpty(),
            new ComposeTransposes(),
            new ComposeReshapes(),
            new SinkReshape(),
            new SinkTranspose(),
            new EinsumToMatMul(),
            new SimplifySizes(),
            new FoldShapes(),
            new FoldConstants(),
        ]);

    /// <summary>What is done to the graph of one example, before it is batched: there, patterns still have their plain form.</summary>
    public static IReadOnlyList<Stage> OneExample { get; } =
    [
        new(Canonicalize),
        new(new ResolveDynamic()) { After = ["canonicalize"] },
        new(Canonicalize),
        new(new RewritePass(new FuseConvScale())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseGelu())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseSigmoid())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseSilu())) { After = ["fuse-sigmoid"] },
        new(new RewritePass(new FuseHardSwish())) { After = ["canonicalize"] },
        new(new RewritePass("fold-into-conv", [new FoldAfterConv(), new FoldBeforeConv()])) { After = ["fuse-hard-swish"] },
        new(new RewritePass("fuse-experts", [new FuseMaskedExperts(), new FuseGatheredExperts(), new FuseGuardedExperts(), new FuseBatchedExperts(), new FusePickedExperts(), new FuseSortedExperts(), new FuseUnsortedExperts(), new FuseDispatchedExperts(), new FuseScatteredExperts(), new FuseLoopedExperts(), new FuseScannedExperts()]))
        {
            After = ["fuse-gelu", "fuse-silu"],
        },
        new(new RewritePass(new FuseLayerNorm())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseRmsNorm())) { After = ["fuse-layer-norm"] },
        new(new RewritePass(new FuseNormGain())) { After = ["fuse-layer-norm", "fuse-rms-norm"] },
        new(new RewritePass(new FuseNormBias())) { After = ["fuse-norm-gain"] },
        new(new RewritePass(new FuseNormCast())) { After = ["fuse-norm-bias"] },
        new(new RewritePass(new FuseNormGain())) { After = ["fuse-norm-cast"] },
        new(new RewritePass(new FuseNormBias())) { After = ["fuse-norm-gain"] },
        new(new RewritePass(new FuseRotary())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseRotateHalf())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseRotaryPart())) { After = ["fuse-rotary", "fuse-rotate-half"] },
        new(new RewritePass(new FuseSoftmax())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseRoute())) { After = ["fuse-experts", "fuse-softmax"] },
        new(new RewritePass(new FuseLinearAttention())) { After = ["canonicalize"] },
        new(new RewritePass(new FuseAttention())) { After = ["canonicalize", "fuse-softmax"] },
        new(new CarryLogits()) { After = ["fuse-attention"] },
        new(new RewritePass(new NarrowAttention())) { After = ["fuse-attention"] },
        new(Canonicalize),
        new(new RewritePass(new FuseQkNorm())) { After = ["fuse-attention", "fuse-rms-norm"] },
        new(Canonicalize),
    ];

    /// <summary>One spelling for what can be spelled in several ways, and nothing fused: the form in which two models are compared.</summary>
    public static IReadOnlyList<Stage> Plain { get; } =
    [
        new(Canonicalize),
        new(new ResolveDynamic()) { After = ["canonicalize"] },
        new(Canonicalize),
    ];

    /// <summary>Passes that pay on some machines only; no pipeline holds them, and they are asked for by name.</summary>
    public static IReadOnlyList<Stage> ByName { get; } =
    [
        new(new MergeSharedInputMatMuls()),
        new(new RewritePass(new MergeSummedMatMuls())),
    ];

    /// <summary>What is done to the graph of one example before it is packed: what has no packed form gets one that has.</summary>
    public static IReadOnlyList<Stage> BeforePacking { get; } =
    [
        new(new RewritePass(new DropUnitBatch())),
        new(Canonicalize),
        new(new RewritePass(new FuseRelativeBias())),
        new(Canonicalize),
    ];

    /// <summary>What is done to the batched graph.</summary>
    public static IReadOnlyList<Stage> Batched { get; } =
    [
        new(Canonicalize),
    ];

    /// <summary>What is done last for every other target: the standard op says more of a norm than ours.</summary>
    public static IReadOnlyList<Stage> ForAny { get; } =
    [
        new(new CarryStatistics()),
        new(new RewritePass(new NormOverAxes())),
        new(Canonicalize),
    ];

    /// <summary>What is done last for the target <c>ort</c>: its own ops where they fit.</summary>
    public static IReadOnlyList<Stage> ForOrt { get; } =
    [
        new(new CarryStatistics()),
        new(new FuseSkipNorm()),
        new(new RewritePass(new LowerToMultiHead())),
        new(new RewritePass(new NormOverAxes())),
        new(Canonicalize),
    ];

    /// <summary>The same at a version of <c>ai.onnx</c>, whose own ops may be the better ones.</summary>
    public static IReadOnlyList<Stage> ForOrtAt(int opset) =>
    [
        .. ForOrt.Select(s => s.Pass is RewritePass { Rules: [LowerToMultiHead rule] }
            ? s with { Pass = new RewritePass(new LowerToMultiHead { Provider = rule.Provider, Release = rule.Release, HasStandard = opset >= 23 }) }
            : s),
    ];

    /// <summary>Every pipeline there is.</summary>
    public static IReadOnlyList<IReadOnlyList<Stage>> All { get; } = [OneExample, BeforePacking, Batched, ForOrt, ByName];

    private static readonly FrozenDictionary<string, IPass> s_byName = All.SelectMany(static p => p)
        .Select(static s => s.Pass)
        .DistinctBy(static p => p.Name)
        .ToFrozenDictionary(static p => p.Name, StringComparer.Ordinal);

    /// <summary>Names that <see cref="Parse"/> knows, in ordinal order.</summary>
    public static IEnumerable<string> Names => s_byName.Keys.Order(StringComparer.Ordinal);

    /// <summary>Names of the rules that stages apply, each once, in their order; a pass that rewrites without rules is one itself.</summary>
    public static IEnumerable<string> Rules(IEnumerable<Stage> stages) => stages.Where(static s => s.Pass.NotesSites)
        .SelectMany(static s => s.Pass is RewritePass { Rules: var rules } ? rules.Select(static r => r.Name) : [s.Pass.Name]).Distinct();

    /// <summary>Runs stages in order.</summary>
    public static Graph Run(this IReadOnlyList<Stage> stages, Graph graph, PassContext context) =>
        PassRunner.Run(graph, [.. stages.Select(static s => s.Pass)], context);

    /// <summary>Passes by their names, separated by commas.</summary>
    /// <exception cref="TesseraException">A name is unknown (TSR0503).</exception>
    public static IReadOnlyList<IPass> Parse(string names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return
        [
            .. names.Split(',', StringSplitOptions.TrimEntries).Select(static name =>
                s_byName.TryGetValue(name, out IPass? pass) ? pass : throw new TesseraException(
                    "TSR0503", "", $"there is no pass '{name}'.", $"There are {string.Join(", ", Names)}.")),
        ];
    }
}
