using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Fusion;

/// <summary>
/// x·A [+ a], x·B [+ b], …  →  slices of x·concat(A, B, …) [+ concat(a, b, …)] for weights A, B, … that nothing else uses. A
/// product without a bias beside ones that have one gets −0, which changes no number.
/// </summary>
public sealed record MergeSharedInputMatMuls : IPass
{
    public string Name => "merge-shared-input-mat-muls";

    /// <summary>Fewest products that are worth a merge.</summary>
    public int Least { get; init; } = 2;

    /// <summary>Whether one split gives the parts instead of a slice for each.</summary>
    public bool BySplit { get; init; }

    public Graph Run(Graph graph, PassContext context)
    {
        Dictionary<Value, Group> groups = Find(graph);
        if (groups.Count == 0)
        {
            return graph;
        }

        return GraphRebuild.Run(graph, (op, operands) => op.OutputCount == 1 && groups.TryGetValue(op.Outputs[0], out Group? group)
            ? [group.Member(graph.Builder, op, operands, context, this)]
            : null);
    }

    // The value that each merged product (with its bias, where it has one) gives, to its group.
    private Dictionary<Value, Group> Find(Graph graph)
    {
        UseMap uses = new(graph);
        Dictionary<(Value X, bool Transposed), Group> byInput = [];
        foreach (Op op in graph.PostOrder())
        {
            if (op is MatMul { A: var x, B: var weight } product && x.Rank >= 2 && IsOwnWeight(weight, uses))
            {
                (Value X, bool) key = (x, weight.Op is Transpose);
                if (!byInput.TryGetValue(key, out Group? group))
                {
                    byInput.Add(key, group = new Group());
                }

                group.Add(product, Biased(product.Outputs[0], uses));
            }
        }

        return byInput.Values.Where(g => g.Count >= Least)
            .SelectMany(static g => g.Results.Select(r => (Result: r, Group: g)))
            .ToDictionary(static p => p.Result, static p => p.Group);
    }

    private static bool IsOwnWeight(Value weight, UseMap uses) => weight.Rank == 2 && uses.HasSingleUse(weight)
        && (weight.Op is Parameter || weight.Op is Transpose { Perm: [1, 0], X: { Op: Parameter } parameter } && uses.HasSingleUse(parameter));

    private static Add? Biased(Value product, UseMap uses) =>
        uses.HasSingleUse(product) && uses.UsersOf(product)[0] is Add { B: { Op: Parameter, Rank: 1 } bias } add
        && ReferenceEquals(add.A, product) && bias.Shape[0] == product.Shape[product.Rank - 1] ? add : null;

    private sealed class Group
    {
        private readonly List<(MatMul Product, Add? Biased)> _members = [];
        private Value? _merged;

        public int Count => _members.Count;

        public IEnumerable<Value> Results => _members.Select(static m => Result(m));

        public void Add(MatMul product, Add? biased) => _members.Add((product, biased));

        /// <summary>The part that stands for one member; the first one asked for emits the merged product.</summary>
        public Value Member(GraphBuilder builder, Op op, ImmutableArray<Value?> operands, PassContext context, MergeSharedInputMatMuls pass)
        {
            int index = _members.FindIndex(m => ReferenceEquals(Result(m).Producer, op));
            SourceLocation source = op.Outputs[0].Source;
            if (_merged is null)
            {
                // With a bias, the op is the addition: its product was rebuilt already and knows the new x.
                Value x = op is MatMul ? operands[0]! : ((MatMul)operands[0]!.Producer).A;
                _merged = Merge(builder, x, source);
            }

            Value part = pass.BySplit ? Split(builder, source)[index] : Slice(builder, index, source);
            context.Record(pass.Name, [builder.Emit(op.WithOperands(operands), source)], [part]);
            return part;
        }

        // The same op for every part: the builder gives the one it has.
        private IReadOnlyList<Value> Split(GraphBuilder builder, SourceLocation source) =>
            builder.EmitAll(new Split(_merged!) { Axis = _merged!.Rank - 1, Sizes = [.. _members.Select(static m => Dim.Const(Width(m.Product)))] }, source);

        private Value Slice(GraphBuilder builder, int index, SourceLocation source)
        {
            long start = _members.Take(index).Sum(static m => Width(m.Product));
            return builder.Emit(
                new Slice(_merged!) { Starts = [start], Ends = [start + Width(_members[index].Product)], Axes = [_merged!.Rank - 1] }, source);
        }

        private Value Merge(GraphBuilder builder, Value x, SourceLocation source)
        {
            bool transposed = _members[0].Product.B.Op is Transpose;
            Value[] weights = [.. _members.Select(m => transposed ? ((Transpose)m.Product.B.Producer).X : m.Product.B)];
            Value weight = builder.Emit(new Concat([.. weights]) { Axis = transposed ? 0 : 1 }, source);
            Value merged = builder.Emit(new MatMul(x, transposed ? builder.Emit(new Transpose(weight) { Perm = [1, 0] }, source) : weight), source);
            if (_members.All(static m => m.Biased is null))
            {
                return merged;
            }

            Value[] biases = [.. _members.Select(m => m.Biased?.B ?? MinusZeros(builder, m.Product, source))];
            return builder.Emit(new Add(merged, builder.Emit(new Concat([.. biases]) { Axis = 0 }, source)), source);
        }

        private static Value MinusZeros(GraphBuilder builder, MatMul product, SourceLocation source)
        {
            long width = Width(product);
            double[] zeros = new double[width];
            Array.Fill(zeros, -0.0);
            return builder.Emit(new Constant { Value = RefTensors.ToContent(RefTensor.Floats(product.A.DType, [width], zeros)) }, source);
        }

        private static long Width(MatMul product) => product.B.Shape[1].ConstValue!.Value;

        private static Value Result((MatMul Product, Add? Biased) member) => (member.Biased as Op ?? member.Product).Outputs[0];
    }
}
