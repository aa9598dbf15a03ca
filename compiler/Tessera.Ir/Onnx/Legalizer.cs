using System.Collections.Immutable;

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
    private readonly List<LoweredOp> _lowered = [];

    /// <param name="opset">Version of <c>ai.onnx</c> that the model imports.</param>
    /// <param name="allows">Whether the target may use a domain besides <c>ai.onnx</c>.</param>
    public Legalizer(int opset, Func<string, bool> allows)
    {
        _opset = opset;
        _allows = allows;
    }

    /// <summary>Ops that the target lacks, with the reason; what is made of them and lacked in turn is not among them.</summary>
    public IReadOnlyList<LoweredOp> Lowered => _lowered;

    /// <exception cref="TesseraException">TSR0440: an op has no form and no decomposition. TSR0441: decompositions do not end.</exception>
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
            Rewrite rewrite = new(this, builder, isFirst: round == 0);
            IReadOnlyList<Value> next = GraphWalk.Rebuild(roots, inputs, rewrite.Step);
            if (!rewrite.Changed)
            {
                return next;
            }

            roots = next;
        }

        throw new TesseraException("TSR0441", "", $"decompositions do not end after {MaxRounds} rounds.");
    }

    private bool IsLegal(Op op) => op is Ops.Parameter or Ops.DimValue or Ops.Opaque || op.Schema.Onnx?.RowFor(op, _opset, _allows) is not null;

    // Narrow floats that the op has only later are computed in f32; all else is decomposed.
    private IReadOnlyList<Value>? Simpler(Op op, GraphBuilder builder) =>
        (op.Schema.Onnx?.LacksType(op, _opset, _allows) == true ? Ops.Widening.Around(builder, op) : null) ?? op.Decompose(builder);

    /// <summary>One round over a graph. What a decomposition ends in is often undone by what the model does next.</summary>
    private sealed class Rewrite(Legalizer owner, GraphBuilder builder, bool isFirst)
    {
        private readonly GraphRebuild _rebuild = new(builder);

        public bool Changed { get; private set; }

        public IReadOnlyList<Value> Step(Op op, ImmutableArray<Value?> operands)
        {
            IReadOnlyList<Value> values = _rebuild.Again(op, operands, op is Ops.IRegionOp ? moved => OpRewriting.MapRegions(moved, owner.Run) : null);
            if (!ReferenceEquals(values[0], op.Outputs[0]) && Composed(values[0]) is { } composed)
            {
                return _rebuild.Note(op, [composed]);
            }

            if (owner.IsLegal(values[0].Producer))
            {
                return values;
            }

            builder.Source = op.Outputs[0].Source;
            Changed = true;
            if (isFirst)
            {
                owner._lowered.Add(new LoweredOp(op.Schema.Name, op.Outputs[0].Source, FormReason.Of(values[0].Producer, owner._opset, owner._allows)));
            }

            return _rebuild.Note(op, owner.Simpler(values[0].Producer, builder) ?? throw owner.NoForm(op));
        }

        private Value? Composed(Value value) => value.Op switch
        {
            Ops.Reshape { X.Op: Ops.Reshape } reshape => Ops.Moves.Reshape(builder, reshape.X, reshape.Shape),
            Ops.Transpose { X.Op: Ops.Transpose } transpose => Ops.Moves.Transpose(builder, transpose.X, transpose.Perm),
            _ => null,
        };
    }

    private TesseraException NoForm(Op op) => new(
        "TSR0440",
        op.Outputs[0].Source,
        $"{op.Schema.Name} over {string.Join(", ", op.Operands.Select(static v => v is null ? "_" : v.Type.ToString()))} has no ONNX form at opset {_opset} and no decomposition.",
        op.Schema.Onnx?.Rows is [_, ..] rows ? $"It exists since opset {rows.Min(static r => r.Since)}." : null);
}
