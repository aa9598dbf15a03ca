using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Passes.Packing;

/// <summary>What masks make, where nothing is padded  →  the numbers that it is then: all true, positions from 0, the length.</summary>
internal sealed class AssumeUnpadded(Graph graph, IReadOnlyDictionary<Value, PaddingState> states)
{
    public static Graph Run(Graph graph, IReadOnlyDictionary<Value, PaddingState> states) => new AssumeUnpadded(graph, states).Run();

    private Graph Run()
    {
        Dictionary<Value, Value> inputs = graph.PostOrder().OfType<Input>().ToDictionary(static i => i.Outputs[0], i => Known(i) ?? i.Outputs[0]);
        return graph.WithRoots(new GraphRebuild(graph.Builder).Run(graph.Roots, inputs, (op, operands) => op is Constant ? null
            : Known(op) is { } known ? [known]
            : op is BinaryOp or Where && Chosen(op, operands) is { } chosen ? [chosen]
            : null));
    }

    private Value? Known(Op op)
    {
        if (op.OutputCount != 1 || !states.TryGetValue(op.Outputs[0], out PaddingState? state) || !state.OfMask)
        {
            return null;
        }

        Value value = op.Outputs[0];
        GraphBuilder g = graph.Builder;
        return state.Uniform is { } number ? Splat(value, number)
            : state.Length is { } length ? Spread(To(g.DimValue(length), value.DType), [], value.Shape)
            : state.Counts is var (axis, first) && op is not Cast { To: DType.F16 or DType.BF16 } ? Counted(value, axis, first)
            : null;
    }

    private Value Splat(Value value, double number) => Spread(
        graph.Builder.Constant(RefTensors.ToContent(value.DType == DType.Bool ? RefTensor.Bools([], [number != 0])
            : value.DType.IsFloat() ? RefTensor.Floats(value.DType, [], [number])
            : RefTensor.Ints(value.DType, [], [(long)number]))),
        [],
        value.Shape);

    private Value Counted(Value value, int axis, long first)
    {
        GraphBuilder g = graph.Builder;
        Dim size = value.Shape[axis];
        Value line = g.Range(g.Int(DType.I64, first), g.DimValue(size + first), g.Int(DType.I64, 1));
        return Spread(To(line, value.DType), [.. Enumerable.Range(0, value.Rank).Select(a => a == axis ? size : Dim.One)], value.Shape);
    }

    private Value To(Value value, DType dtype) => value.DType == dtype ? value : graph.Builder.Cast(value, dtype);

    private Value Spread(Value value, Shape placed, Shape to)
    {
        GraphBuilder g = graph.Builder;
        Value at = value.Shape.Equals(placed) ? value : g.Reshape(value, placed);
        return at.Shape.Equals(to) ? at : g.Expand(at, to);
    }

    // A choice that masks make is made; what they leave as it is stays.
    private Value? Chosen(Op op, IReadOnlyList<Value?> operands)
    {
        PaddingState?[] known = [.. op.Operands.Select(v => states.GetValueOrDefault(v!))];
        bool Is(int operand, double number) => known[operand] is { OfMask: true, Uniform: { } uniform } && BitConverter.DoubleToInt64Bits(uniform) == BitConverter.DoubleToInt64Bits(number);
        int kept = op switch
        {
            Where when known[0] is { OfMask: true, Uniform: { } chosen } => chosen != 0 ? 1 : 2,
            Mul when Is(1, 1) => 0,
            Mul when Is(0, 1) => 1,
            And when Is(1, 1) => 0,
            And when Is(0, 1) => 1,
            Or when Is(1, 0) => 0,
            Or when Is(0, 0) => 1,
            Add when Is(1, -0.0) => 0,
            Add when Is(0, -0.0) => 1,
            _ => -1,
        };
        return kept < 0 ? null : Spread(operands[kept]!, operands[kept]!.Shape, op.Outputs[0].Shape);
    }
}
