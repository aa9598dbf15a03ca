using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// Decision trees over the features of each row of <c>x[N, F]</c>, as ONNX's TreeEnsemble: their leaves add weights to targets → <c>[N, T]</c>. A node sends
/// a row to its true or false branch, which is a node, or a leaf where the branch is flagged as one.
/// </summary>
[Op("tree_ensemble")]
public sealed partial record TreeEnsemble(Value X) : Op
{
    /// <summary>How the leaves that a target gets make up its value: 0 the mean over the trees, 1 sum, 2 minimum, 3 maximum.</summary>
    public long AggregateFunction { get; init; } = 1;

    public required EquatableArray<long> LeafTargetids { get; init; }

    public required TensorContent LeafWeights { get; init; }

    /// <summary>Members of the sets of nodes in mode 6, in the order of these nodes, a NaN behind each set.</summary>
    public TensorContent? MembershipValues { get; init; }

    public long NTargets { get; init; }

    public required EquatableArray<long> NodesFalseleafs { get; init; }

    public required EquatableArray<long> NodesFalsenodeids { get; init; }

    public required EquatableArray<long> NodesFeatureids { get; init; }

    public TensorContent? NodesHitrates { get; init; }

    /// <summary>1 where a NaN takes the true branch; empty for none.</summary>
    public EquatableArray<long> NodesMissingValueTracksTrue { get; init; }

    /// <summary>What holds for the true branch: 0 ≤, 1 &lt;, 2 ≥, 3 &gt;, 4 =, 5 ≠ the split, 6 is a member.</summary>
    public required TensorContent NodesModes { get; init; }

    public required TensorContent NodesSplits { get; init; }

    public required EquatableArray<long> NodesTrueleafs { get; init; }

    public required EquatableArray<long> NodesTruenodeids { get; init; }

    /// <summary>What is applied to the values of a row: see <see cref="ScoreTransform"/>.</summary>
    public long PostTransform { get; init; }

    /// <summary>The node at which each tree begins.</summary>
    public required EquatableArray<long> TreeRoots { get; init; }

    private const long Member = 6;

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape x = context.ShapeOf(X);
        int nodes = NodesFeatureids.Count;
        bool fits = x.Rank == 2 && X.DType.IsFloat() && NTargets > 0 && LeafWeights.DType == X.DType && LeafWeights.Count == LeafTargetids.Count
            && NodesModes.Count == nodes && NodesSplits.Count == nodes && NodesTruenodeids.Count == nodes && NodesFalsenodeids.Count == nodes
            && NodesTrueleafs.Count == nodes && NodesFalseleafs.Count == nodes && TreeRoots.All(r => r >= 0 && r < nodes)
            && AggregateFunction is >= 0 and <= 3 && PostTransform is >= 0 and <= 4;
        return fits
            ? [new TensorType(X.DType, [x[0], NTargets])]
            : throw context.Error("TSR0203", $"x must be float [N, F], the leaves of its type, and each list as long as there are nodes ({nodes}); x is {X.Type}, the weights {LeafWeights}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (int rows, int features, int targets) = ((int)x.Dims[0], (int)x.Dims[1], (int)NTargets);
        double[] weights = RefTensors.FromContent(LeafWeights).F;
        TreeWalk walk = new(this);
        double[] result = new double[rows * targets];
        for (int row = 0; row < rows; row++)
        {
            List<double>[] given = [.. Enumerable.Range(0, targets).Select(static _ => new List<double>())];
            foreach (long root in TreeRoots)
            {
                int leaf = walk.Leaf((int)root, feature => x.F[(row * features) + feature]);
                given[LeafTargetids[leaf]].Add(weights[leaf]);
            }

            ScoreTransform.Apply(PostTransform, [.. given.Select(Aggregated)]).CopyTo(result, row * targets);
        }

        return [RefTensor.Floats(x.DType, [rows, targets], result)];
    }

    private double Aggregated(List<double> values) => AggregateFunction switch
    {
        0 => values.Sum() / TreeRoots.Count,
        1 => values.Sum(),
        2 => values.DefaultIfEmpty(0).Min(),
        _ => values.DefaultIfEmpty(0).Max(),
    };

    /// <summary>The members of each node in mode 6; null for other nodes.</summary>
    internal HashSet<double>?[] Members()
    {
        double[] modes = [.. Enumerable.Range(0, (int)NodesModes.Count).Select(i => RefTensors.FromContent(NodesModes).Number(i))];
        double[] members = MembershipValues is null ? [] : RefTensors.FromContent(MembershipValues).F;
        int at = 0;
        return [.. modes.Select(mode => mode == Member ? Next(members, ref at) : null)];
    }

    private static HashSet<double> Next(double[] members, ref int at)
    {
        HashSet<double> set = [];
        while (at < members.Length && !double.IsNaN(members[at]))
        {
            set.Add(members[at++]);
        }

        at++;
        return set;
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => Folding.Batch(context, [0]);

    internal static OnnxMapping Onnx { get; } = new(new OnnxRow("TreeEnsemble", 5)
    {
        Domain = "ai.onnx.ml",
        Attributes =
        [
            OnnxAttr.Of("aggregate_function"), OnnxAttr.Of("leaf_targetids"), OnnxAttr.Of("leaf_weights"), OnnxAttr.Of("membership_values"),
            OnnxAttr.Of("n_targets"), OnnxAttr.Of("nodes_falseleafs"), OnnxAttr.Of("nodes_falsenodeids"), OnnxAttr.Of("nodes_featureids"),
            OnnxAttr.Of("nodes_hitrates"), OnnxAttr.Of("nodes_missing_value_tracks_true"), OnnxAttr.Of("nodes_modes"), OnnxAttr.Of("nodes_splits"),
            OnnxAttr.Of("nodes_trueleafs"), OnnxAttr.Of("nodes_truenodeids"), OnnxAttr.Of("post_transform"), OnnxAttr.Of("tree_roots"),
        ],
    });

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("sum", 1, 0, null),
        Sample("members", 1, 6, [1, 2, float.NaN]),
        Sample("largest", 3, 2, null),
    ];

    private static OpSample Sample(string name, long aggregate, byte mode, float[]? members) => new(name, g =>
    [
        g.Emit(new TreeEnsemble(g.In("x", "f32[n, 2]"))
        {
            AggregateFunction = aggregate,
            LeafTargetids = [0, 1, 0],
            LeafWeights = TensorContent.From(DType.F32, [3], [1.5f, -2f, 4f]),
            MembershipValues = members is null ? null : TensorContent.From<float>(DType.F32, [members.Length], members),
            NTargets = 2,
            NodesFalseleafs = [0, 1],
            NodesFalsenodeids = [1, 2],
            NodesFeatureids = [0, 1],
            NodesModes = TensorContent.From(DType.U8, [2], [(byte)0, mode]),
            NodesSplits = TensorContent.From(DType.F32, [2], [0.25f, -0.5f]),
            NodesTrueleafs = [1, 1],
            NodesTruenodeids = [0, 1],
            TreeRoots = [0],
        }),
    ]);
}
