namespace Tessera.Ir.Onnx;

/// <summary>
/// Lowers a graph to ops that a target has: an op without a row at the opset and in the domains allowed is replaced by its
/// decomposition, again and again. An op that has neither is an error.
/// </summary>
public sealed class Legalizer
{
    /// <summary>No chain of decompositions is this long unless it goes round in circles.</summary>
    private const int MaxRounds = 32;

    private readonly int _opset;
    private readonly Func<string, bool> _allows;

    /// <param name="opset">Version of <c>ai.onnx</c> that the model imports.</param>
    /// <param name="allows">Whether the target may use a domain besides <c>ai.onnx</c>.</param>
    public Legalizer(int opset, Func<string, bool> allows)
    {
        _opset = opset;
        _allows = allows;
    }

    /// <exception cref="TesseraException">TSR0801: an op has no form and no decomposition. TSR0802: decompositions do not end.</exception>
    public Graph Run(Graph graph)
    {
        Dictionary<Value, Value> inputs = graph.Inputs.ToDictionary(static v => v);
        return graph.WithRoots(Run(graph.Builder, [.. graph.Roots], inputs));
    }

    /// <summary>The same for a region.</summary>
    public Region Run(Region region)
    {
        Dictionary<Value, Value> parameters = region.Parameters.ToDictionary(static v => v);
        IReadOnlyList<Value> results = Run(region.Builder, region.Results, parameters);
        return results.SequenceEqual(region.Results) ? region : new Region(region.Builder, region.Parameters, results);
    }

    private IReadOnlyList<Value> Run(GraphBuilder builder, IReadOnlyList<Value> roots, Dictionary<Value, Value> inputs)
    {
        for (int round = 0; round < MaxRounds; round++)
        {
            Rewrite rewrite = new(this, builder);
            IReadOnlyList<Value> next = GraphWalk.Rebuild(roots, inputs, rewrite.Step);
            if (!rewrite.Changed)
            {
                return next;
            }

            roots = next;
        }

        throw new TesseraException("TSR0802", "", $"decompositions do not end after {MaxRounds} rounds.");
    }

    private bool IsLegal(Op op) => op is Ops.Parameter || op.Schema.Onnx?.RowFor(op, _opset, _allows) is not null;

    /// <summary>One round over a graph. Sizes known only at run time are named by their op, so they are renamed along with it.</summary>
    private sealed class Rewrite(Legalizer owner, GraphBuilder builder)
    {
        private readonly Dictionary<string, Dim> _renamed = new(StringComparer.Ordinal);

        public bool Changed { get; private set; }

        public IReadOnlyList<Value> Step(Op op, Value?[] operands)
        {
            Op moved = OpRewriting.MapRegions(Substituted(op.WithOperands(operands)), owner.Run);
            IReadOnlyList<Value> values = builder.EmitAll(moved, op.Outputs[0].Source);
            if (!owner.IsLegal(values[0].Producer))
            {
                builder.Source = op.Outputs[0].Source;
                values = values[0].Producer.Decompose(builder) ?? throw owner.NoForm(op);
                Changed = true;
            }

            for (int i = 0; i < values.Count; i++)
            {
                Rename(op.Outputs[i].Type, values[i].Type);
            }

            return values;
        }

        private Op Substituted(Op op) => _renamed.Count == 0 ? op : OpRewriting.Substitute(op, s => _renamed.GetValueOrDefault(s));

        private void Rename(IrType was, IrType now)
        {
            if (was is not TensorType { Shape: { } old } || now is not TensorType { Shape: { } shape } || old.Rank != shape.Rank)
            {
                return;
            }

            for (int axis = 0; axis < old.Rank; axis++)
            {
                if (old[axis].IsSymbol(out string name) && old[axis] != shape[axis])
                {
                    _renamed.TryAdd(name, shape[axis]);
                }
            }
        }
    }

    private TesseraException NoForm(Op op) => new(
        "TSR0801",
        op.Outputs[0].Source.ToString(),
        $"{op.Schema.Name} over {string.Join(", ", op.Operands.Select(static v => v is null ? "_" : v.Type.ToString()))} has no ONNX form at opset {_opset} and no decomposition.",
        op.Schema.Onnx?.Rows is [_, ..] rows ? $"It exists since opset {rows.Min(static r => r.Since)}." : null);
}
