using Tessera.Ir;

namespace Tessera.Compiler.Tests.Exporters;

/// <summary>Mixtures of experts whose matrices are kept in 4 or 8 bits, as quantisers leave them: four experts, the two best of each token.</summary>
internal static class NarrowExperts
{
    private const int Experts = 4;
    private const int Size = 32;
    private const int Hidden = 48;

    public static IEnumerable<(string Name, Func<ExportedModel> Model)> All =>
    [
        ("4 bits by MatMulNBits, every expert on every token", static () => Masked(static (m, x, rows, columns) => m.QuantizedMatMul(x, rows, columns, 4, 16, zeros: false))),
        ("4 bits with zero points by MatMulNBits", static () => Masked(static (m, x, rows, columns) => m.QuantizedMatMul(x, rows, columns, 4, 32, zeros: true))),
        ("8 bits by MatMulNBits, tokens gathered", static () => Gathered(static (m, x, rows, columns) => m.QuantizedMatMul(x, rows, columns, 8, 16, zeros: true))),
        ("8 bits, a scale for each column", static () => Masked(static (m, x, rows, columns) =>
            m.MatMul(x, m.Node("DequantizeLinear", [m.Codes(DType.I8, rows, columns), Scale(m, columns)], ExportedModel.Int("axis", 1))))),
        ("8 bits as they are trained, turned", static () => Gathered(static (m, x, rows, columns) =>
            m.MatMul(x, m.Transpose(m.Node("DequantizeLinear", [m.Codes(DType.I8, columns, rows), Scale(m, columns)], ExportedModel.Int("axis", 0)), 1, 0)))),
        ("4 bits in blocks with zero points, turned", static () => Masked(static (m, x, rows, columns) =>
            m.MatMul(x, m.Transpose(Blocked(m, DType.U4, 1, true, columns, rows), 1, 0)))),
        ("stacks of 8 bits, gathered for each token", Picked),
        ("stacks of 4 bits, one product over all experts", Batched),
    ];

    private static string Scale(ExportedModel m, params long[] dims) => m.Node("Mul", [m.Positive(dims), m.Float(1 / 64f)]);

    // Blocks of 8 along an axis.
    private static string Blocked(ExportedModel m, DType dtype, int axis, bool zeros, params long[] dims)
    {
        long[] blocks = [.. dims.Select((d, i) => i == axis ? d / 8 : d)];
        string[] operands = [m.Codes(dtype, dims), m.Positive(blocks), .. zeros ? [m.Codes(dtype, blocks)] : Array.Empty<string>()];
        return m.Node("DequantizeLinear", operands, ExportedModel.Int("axis", axis), ExportedModel.Int("block_size", 8));
    }

    private static (ExportedModel M, string X, string Weights, string Ids) Start()
    {
        ExportedModel m = new(21);
        string x = m.Input("x", DType.F32, "tokens", Size);
        string scores = m.Softmax(m.MatMul(x, m.Weight(Size, Experts)));
        string[] top = m.Nodes("TopK", 2, [scores, m.Longs(2)], ExportedModel.Int("axis", -1), ExportedModel.Int("largest", 1), ExportedModel.Int("sorted", 1));
        return (m, x, top[0], top[1]);
    }

    private static string Expert(ExportedModel m, string x, Func<ExportedModel, string, int, int, string> product)
    {
        string gate = product(m, x, Size, Hidden);
        string h = m.Node("Mul", [m.Node("Mul", [gate, m.Node("Sigmoid", [gate])]), product(m, x, Size, Hidden)]);
        return product(m, h, Hidden, Size);
    }

    private static ExportedModel Masked(Func<ExportedModel, string, int, int, string> product)
    {
        (ExportedModel m, string x, string weights, string ids) = Start();
        string sum = "";
        for (int e = 0; e < Experts; e++)
        {
            string here = m.Cast(m.Node("Equal", [ids, m.Long(e)]), DType.F32);
            string gate = m.Node("ReduceSum", [m.Node("Mul", [here, weights]), m.Longs(1)], ExportedModel.Int("keepdims", 1));
            string term = m.Node("Mul", [gate, Expert(m, x, product)]);
            sum = e == 0 ? term : m.Node("Add", [sum, term]);
        }

        m.Output(sum);
        return m;
    }

    private static ExportedModel Gathered(Func<ExportedModel, string, int, int, string> product)
    {
        (ExportedModel m, string x, string weights, string ids) = Start();
        string sum = m.Node("ConstantOfShape", [m.Node("Shape", [x])]);
        for (int e = 0; e < Experts; e++)
        {
            string at = m.Transpose(m.Node("NonZero", [m.Node("Equal", [ids, m.Long(e)])]), 1, 0);
            string[] found = m.Nodes("Split", 2, [at], ExportedModel.Int("axis", 1), ExportedModel.Int("num_outputs", 2));
            string rows = m.Node("Gather", [x, m.Node("Squeeze", [found[0], m.Longs(1)])], ExportedModel.Int("axis", 0));
            string weight = m.Node("Unsqueeze", [m.Node("GatherND", [weights, at]), m.Longs(1)]);
            sum = m.Node("ScatterND", [sum, found[0], m.Node("Mul", [Expert(m, rows, product), weight])], ExportedModel.Text("reduction", "add"));
        }

        m.Output(sum);
        return m;
    }

    private static ExportedModel Picked()
    {
        (ExportedModel m, string x, string weights, string ids) = Start();
        string Own(int rows, int columns)
        {
            string codes = m.Node("Gather", [m.Codes(DType.I8, Experts, rows, columns), ids], ExportedModel.Int("axis", 0));
            string scale = m.Node("Gather", [Scale(m, Experts, rows / 16, columns), ids], ExportedModel.Int("axis", 0));
            return m.Node("DequantizeLinear", [codes, scale], ExportedModel.Int("axis", 2), ExportedModel.Int("block_size", 16));
        }

        string h = m.Node("Relu", [m.MatMul(m.Node("Unsqueeze", [x, m.Longs(1, 2)]), Own(Size, Hidden))]);
        string y = m.Node("Squeeze", [m.MatMul(h, Own(Hidden, Size)), m.Longs(2)]);
        string weighted = m.Node("Mul", [y, m.Node("Unsqueeze", [weights, m.Longs(2)])]);
        m.Output(m.Node("ReduceSum", [weighted, m.Longs(1)], ExportedModel.Int("keepdims", 0)));
        return m;
    }

    private static ExportedModel Batched()
    {
        (ExportedModel m, string x, string weights, string ids) = Start();
        string zeros = m.Node("ConstantOfShape", [m.Node("Concat", [m.Node("Shape", [x], ExportedModel.Int("end", 1)), m.Longs(Experts)], ExportedModel.Int("axis", 0))]);
        string gates = m.Node("ScatterElements", [zeros, ids, weights], ExportedModel.Int("axis", 1));
        string all = m.Node("Expand", [m.Node("Unsqueeze", [x, m.Longs(0)]), m.Longs(Experts, 1, 1)]);
        string h = m.Node("Relu", [m.MatMul(all, Blocked(m, DType.I4, 1, false, Experts, Size, Hidden))]);
        string y = m.MatMul(h, Blocked(m, DType.I4, 1, false, Experts, Hidden, Size));
        string columns = m.Node("Unsqueeze", [m.Transpose(gates, 1, 0), m.Longs(2)]);
        m.Output(m.Node("ReduceSum", [m.Node("Mul", [y, columns]), m.Longs(0)], ExportedModel.Int("keepdims", 0)));
        return m;
    }
}
