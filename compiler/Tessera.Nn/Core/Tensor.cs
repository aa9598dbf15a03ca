using Tessera.Ir;

namespace Tessera.Nn;

/// <summary>
/// A symbolic tensor: what a model's <c>Forward</c> computes with. It carries the trace that it belongs to; there is no
/// ambient state. Shapes are those of one example.
/// </summary>
public sealed partial class Tensor
{
    internal Tensor(Tracer tracer, Value value)
    {
        Tracer = tracer;
        Value = value;
    }

    internal Tracer Tracer { get; }

    /// <summary>The value in the graph being built.</summary>
    public Value Value { get; }

    public Shape Shape => Value.Shape;

    public DType DType => Value.DType;

    public int Rank => Value.Rank;

    /// <summary>Emits an op in this tensor's graph, at the C# line that called into the library.</summary>
    /// <param name="op">Makes the op, given the builder.</param>
    public Tensor Emit(Func<GraphBuilder, Op> op) => Tracer.Emit(op);

    /// <summary>Runs a layer on this tensor.</summary>
    public Tensor Apply(ILayer layer) => layer.Apply(this);

    public override string ToString() => Value.ToString();
}
