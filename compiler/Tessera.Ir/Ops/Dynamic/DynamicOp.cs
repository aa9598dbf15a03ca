using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;

namespace Tessera.Ir.Ops;

/// <summary>
/// An op that integers steer which only a run knows: a shape, axes, a count computed from data. Once they are known it is
/// <see cref="Resolve"/>d to the op with attributes, which is also how it is evaluated: the meaning stands in one place.
/// </summary>
public abstract record DynamicOp : Op
{
    /// <summary>
    /// The op with attributes over this op's own operands, where the integers that steer it are known; null where they are not
    /// all known or the op cannot be expressed.
    /// </summary>
    /// <param name="content">Elements of an operand, row-major, by its position; null where they are not known.</param>
    public abstract Op? Resolve(Func<int, IReadOnlyList<Dim>?> content);

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        GraphBuilder builder = new();
        Dictionary<string, RefValue> inputs = new(StringComparer.Ordinal);
        Value?[] operands = [.. context.Operands.Select((v, i) => v is null ? null : Input(builder, $"x{i}", v, inputs))];
        Op op = ((DynamicOp)WithOperands(operands)).Resolve(i => Integers(context.OptionalTensor(i)))
            ?? throw context.Error($"no op stands for it on {string.Join(", ", context.Operands)}.");
        Graph graph = new()
        {
            Name = Schema.Name,
            Builder = builder,
            Inputs = [.. operands.OfType<Value>()],
            Outputs = [.. builder.EmitAll(op).Select(static (v, i) => new GraphOutput($"y{i}", v))],
        };
        return Evaluator.Run(graph, inputs);
    }

    /// <summary>A type of known rank whose sizes are all fresh, or of unknown rank.</summary>
    protected static TensorType OfRank(InferContext context, DType dtype, long? rank, int output = 0) => new(
        dtype, rank is { } known ? [.. Enumerable.Range(0, checked((int)known)).Select(axis => context.Fresh(output, axis))] : null);

    /// <summary>Number of elements of a vector that is given as an operand; null where it is not known.</summary>
    protected static long? Length(Value vector) => vector.Type is TensorType { Shape: [{ ConstValue: { } count }] } ? count : null;

    /// <summary>Integers, where all are known as numbers.</summary>
    protected static long[]? Numbers(IReadOnlyList<Dim>? content) =>
        content is not null && content.All(static d => d.ConstValue is not null) ? [.. content.Select(static d => d.ConstValue!.Value)] : null;

    // Numbers that steer an op may stand in a float tensor (the depth of a OneHot).
    private static Dim[]? Integers(RefTensor? tensor) => tensor is null ? null
        : tensor.DType.IsFloat() ? [.. tensor.F.Select(static v => Dim.Const((long)v))]
        : [.. tensor.I.Select(Dim.Const)];

    private static Value Input(GraphBuilder builder, string name, RefValue value, Dictionary<string, RefValue> inputs)
    {
        inputs[name] = value;
        return value is RefTensor tensor
            ? builder.Input(name, new TensorType(tensor.DType, Shape.Of([.. tensor.Dims])))
            : throw new InvalidOperationException("Dynamic ops take tensors.");
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => throw context.Mixes("integers that only a run computes steer it");
}
