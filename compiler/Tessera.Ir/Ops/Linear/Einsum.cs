using Tessera.Ir.Batching;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Onnx;

namespace Tessera.Ir.Ops;

/// <summary>Sums of products of elements whose labels agree, by an equation such as <c>bij,bjk->bik</c>; a label twice in an operand is its diagonal.</summary>
[Op("einsum")]
public sealed partial record Einsum(EquatableArray<Value> Inputs) : Op
{
    public required string Equation { get; init; }

    public override OpTraits Traits => OpTraits.Costly;

    // As it is written, in one sum: n operands are multiplied n − 1 times.
    public override Dim Macs
    {
        get
        {
            EinsumEquation equation = EinsumEquation.Of(Equation, [.. Inputs.Select(static v => v.Rank)])!;
            Dim summed = Dim.Product(equation.Summed.Select(label => Inputs
                .SelectMany((v, i) => v.Shape.Where((_, axis) => equation.Operands[i][axis] == label))
                .Aggregate(static (a, b) => a.ConstValue == 1 ? b : a)));
            return Outputs[0].Shape.NumElements * summed * (Inputs.Count - 1);
        }
    }

    public override IReadOnlyList<IrType> InferTypes(InferContext context)
    {
        Shape[] shapes = [.. Inputs.Select(context.ShapeOf)];
        if (Inputs.Count == 0 || EinsumEquation.Of(Equation, [.. shapes.Select(static s => s.Rank)]) is not { } equation)
        {
            throw context.Error("TSR0203", $"the equation '{Equation}' does not fit operands {string.Join(", ", Inputs.Select(static v => v.Type))}.");
        }

        foreach (Value input in Inputs.Skip(1))
        {
            context.RequireSameDType(Inputs[0], input);
        }

        Dictionary<char, Dim> sizes = [];
        for (int i = 0; i < shapes.Length; i++)
        {
            for (int a = 0; a < shapes[i].Rank; a++)
            {
                char label = equation.Operands[i][a];
                sizes[label] = sizes.TryGetValue(label, out Dim? known) ? context.Broadcast([known], [shapes[i][a]])[0] : shapes[i][a];
            }
        }

        return Inputs[0].DType.IsFloat() || Inputs[0].DType.IsInteger()
            ? [new TensorType(Inputs[0].DType, [.. equation.Result.Select(c => sizes[c])])]
            : throw context.Error("TSR0206", $"it is not defined for {Inputs[0].Type}.");
    }

    public override IReadOnlyList<RefValue> Evaluate(EvalContext context)
    {
        RefTensor[] inputs = [.. Inputs.Select((_, i) => context.Tensor(i))];
        EinsumEquation equation = EinsumEquation.Of(Equation, [.. inputs.Select(static t => t.Rank)])!;
        string labels = equation.Result + equation.Summed;
        long[] sizes = [.. labels.Select(c => inputs.SelectMany((t, i) => t.Dims.Where((_, a) => equation.Operands[i][a] == c)).Aggregate(1L, static (a, b) => a == 1 ? b : a))];
        long[][] steps = [.. inputs.Select((t, i) => Steps(t, equation.Operands[i], labels))];
        long[] dims = [.. sizes.Take(equation.Result.Length)];
        long inner = sizes.Skip(dims.Length).Aggregate(1L, static (a, b) => a * b);
        bool isFloat = inputs[0].DType.IsFloat();
        double[] floats = new double[dims.Aggregate(1L, static (a, b) => a * b)];
        long[] ints = new long[floats.Length];
        for (long i = 0; i < floats.Length * inner; i++)
        {
            long[] at = AxisSizes.Coordinates(sizes, i);
            (double product, long whole) = (1, 1);
            for (int k = 0; k < inputs.Length; k++)
            {
                int from = (int)at.Zip(steps[k]).Sum(static p => p.First * p.Second);
                product *= isFloat ? inputs[k].F[from] : 1;
                whole = unchecked(whole * (isFloat ? 1 : inputs[k].I[from]));
            }

            floats[i / inner] += product;
            ints[i / inner] = unchecked(ints[i / inner] + whole);
        }

        return [isFloat ? RefTensor.Floats(inputs[0].DType, dims, floats) : RefTensor.Ints(inputs[0].DType, dims, [.. ints.Select(v => Wrap.To(inputs[0].DType, v))])];
    }

    // An axis of size 1 stands for any position.
    private static long[] Steps(RefTensor tensor, string own, string labels)
    {
        long[] strides = tensor.Strides();
        return [.. labels.Select(c => own.Select((o, a) => o == c && tensor.Dims[a] != 1 ? strides[a] : 0).Sum())];
    }

    public override IReadOnlyList<Batched> Batch(BatchContext context) => [EinsumBatching.Batch(context, this)];

    internal static OnnxMapping Onnx { get; } = OnnxMapping.Simple("Einsum", 12, OnnxAttr.Of("equation")).Lacks(DType.BF16);

    internal static IEnumerable<OpSample> Samples() =>
    [
        Sample("product", "bij, bjk -> bik", "f32[2, 3, n]", "f32[2, n, 4]"),
        Sample("implicit", "ij,jk", "f64[2, 3]", "f64[3, 2]"),
        Sample("ellipsis", "...ii->...i", "f32[2, 3, 3]"),
        Sample("sum", "ij->i", "f32[3, 4]"),
        Sample("inner", "i,i", "f32[n]", "f32[n]"),
    ];

    private static OpSample Sample(string name, string equation, params string[] types) =>
        new(name, g => [g.Einsum([.. types.Select((t, i) => g.In($"x{i}", t))], equation)]);
}
