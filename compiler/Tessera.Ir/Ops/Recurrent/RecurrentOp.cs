using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>
/// A recurrent network over <c>x[T, B, in]</c> with <c>w[D, G · h, in], r[D, G · h, h], bias[D, 2 · G · h]</c> (of the input, then of the state), lengths i32[B] and
/// initial states <c>[D, B, h]</c> → <c>y[T, D, B, h]</c> and the last states. D is 1, or 2 in direction <c>bidirectional</c>; G the number of
/// gates. In layout 1 the batch comes first: <c>x[B, T, in]</c>, <c>y[B, T, D, h]</c>, states <c>[B, D, h]</c>. Beyond a length y is 0.
/// </summary>
public abstract record RecurrentOp : Op
{
    public EquatableArray<Real> ActivationAlpha { get; init; }

    public EquatableArray<Real> ActivationBeta { get; init; }

    /// <summary>Names, for one direction after the other; empty for the usual ones.</summary>
    public EquatableArray<string> Activations { get; init; }

    /// <summary>Bound of what goes into activations; 0 for none.</summary>
    public Real Clip { get; init; }

    /// <summary><c>forward</c>, <c>reverse</c> or <c>bidirectional</c>.</summary>
    public string Direction { get; init; } = "forward";

    public required long HiddenSize { get; init; }

    public long Layout { get; init; }

    /// <summary>Number of states that are carried from step to step.</summary>
    private protected abstract int States { get; }

    private protected abstract int Gates { get; }

    private protected abstract string[] UsualActivations { get; }

    /// <summary>Position of the first initial state among the operands.</summary>
    private const int FirstState = 5;

    private int Directions => Direction == "bidirectional" ? 2 : 1;

    public override int OutputCount => 1 + States;

    // In every step both weights meet the step's input and the state.
    public override Dim Macs => Operands[0]!.Shape[0] * Operands[0]!.Shape[1] * (Operands[1]!.Shape.NumElements + Operands[2]!.Shape.NumElements);

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        (Value input, Value weights) = (Operands[0]!, Operands[1]!);
        (Shape x, Shape w) = (context.ShapeOf(input), context.ShapeOf(weights));
        if (x.Rank != 3 || w.Rank != 3 || HiddenSize < 1 || !input.DType.IsFloat() || Direction is not ("forward" or "reverse" or "bidirectional") || Layout is not (0 or 1)
            || RecurrentActivation.All(Activations, ActivationAlpha, ActivationBeta, UsualActivations, Directions) is null)
        {
            throw context.Error("TSR0203", $"x must be float and of rank 3, w [{Directions}, {Gates * HiddenSize}, in], and the activations known; they are {input.Type}, {weights.Type} and {Activations}.");
        }

        context.RequireSameDType(input, weights);
        context.RequireEqual(w[1], Gates * HiddenSize, "the second size of w and gates times hidden size");
        context.RequireEqual(w[0], Directions, "the first size of w and the number of directions");
        context.RequireEqual(w[2], x[2], $"the third size of w, {weights.Type}, and of x, {input.Type}");
        (Dim time, Dim batch) = Layout == 0 ? (x[0], x[1]) : (x[1], x[0]);
        TensorType state = new(input.DType, Layout == 0 ? [Directions, batch, HiddenSize] : [batch, Directions, HiddenSize]);
        TensorType y = new(input.DType, Layout == 0 ? [time, Directions, batch, HiddenSize] : [batch, time, Directions, HiddenSize]);
        return [y, .. Enumerable.Repeat(state, States)];
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor x = context.Tensor(0);
        (int time, int batch) = Layout == 0 ? ((int)x.Dims[0], (int)x.Dims[1]) : ((int)x.Dims[1], (int)x.Dims[0]);
        (int h, int d) = ((int)HiddenSize, Directions);
        double[] y = new double[time * d * batch * h];
        double[][] last = [.. Enumerable.Range(0, States).Select(_ => new double[d * batch * h])];
        Func<double, double>[] activations = RecurrentActivation.All(Activations, ActivationAlpha, ActivationBeta, UsualActivations, d)!;
        for (int direction = 0; direction < d; direction++)
        {
            RecurrentCell cell = new(context, direction, h, Gates, Clip, activations[(direction * UsualActivations.Length)..((direction + 1) * UsualActivations.Length)]);
            bool reverse = direction == 1 || Direction == "reverse";
            for (int b = 0; b < batch; b++)
            {
                double[][] states = [.. Enumerable.Range(0, States).Select(s => Initial(context.OptionalTensor(FirstState + s), direction, b, batch))];
                int length = (int)(context.OptionalTensor(4)?.I[b] ?? time);
                for (int step = 0; step < length; step++)
                {
                    int t = reverse ? length - 1 - step : step;
                    double[] input = x.F[(((Layout == 0 ? (t * batch) + b : (b * time) + t)) * (int)x.Dims[2])..][..(int)x.Dims[2]];
                    states = Step(cell, input, states);
                    states[0].CopyTo(y, (Layout == 0 ? (((t * d) + direction) * batch) + b : (((b * time) + t) * d) + direction) * h);
                }

                for (int s = 0; s < States; s++)
                {
                    states[s].CopyTo(last[s], (Layout == 0 ? (direction * batch) + b : (b * d) + direction) * h);
                }
            }
        }

        IReadOnlyList<long[]> dims = [Layout == 0 ? [time, d, batch, h] : [batch, time, d, h], Layout == 0 ? [d, batch, h] : [batch, d, h]];
        return [RefTensor.Floats(x.DType, dims[0], y), .. last.Select(s => RefTensor.Floats(x.DType, dims[1], s))];
    }

    /// <summary>One step: the states after it, the hidden one first.</summary>
    private protected abstract double[][] Step(RecurrentCell cell, double[] x, double[][] states);

    private double[] Initial(RefTensor? given, int direction, int b, int batch)
    {
        int at = (Layout == 0 ? (direction * batch) + b : (b * Directions) + direction) * (int)HiddenSize;
        return given is null ? new double[HiddenSize] : given.F[at..(at + (int)HiddenSize)];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => RecurrentBatching.Batch(context, this);

    private protected static OnnxMapping Mapping(string name, params ReadOnlySpan<OnnxAttr> own)
    {
        OnnxAttr[] old =
        [
            OnnxAttr.Of("activation_alpha"), OnnxAttr.Of("activation_beta"), OnnxAttr.Of("activations"),
            OnnxAttr.Of("clip"), OnnxAttr.Of("direction"), OnnxAttr.Of("hidden_size"), .. own,
        ];
        return new OnnxMapping(
            new OnnxRow(name, 7) { Until = 14, Attributes = EquatableArray.Create(old), When = static op => ((RecurrentOp)op).Layout == 0 },
            new OnnxRow(name, 14) { Attributes = EquatableArray.Create<OnnxAttr>([.. old, OnnxAttr.Of("layout")]) });
    }
}
