using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// ONNX Runtime's experts of 4 or 8 bits, <c>com.microsoft.QMoE</c>, as its CPU provider means them: matrices are <c>u8[experts, out, in / pack]</c>,
/// the first number in the low bits, less 8 or 128 where no zero point is given; scales are <c>[experts, out]</c> or
/// <c>[experts, out, in / block]</c>.
/// </summary>
internal sealed class QuantizedExperts(NodeView node)
{
    // Input of each matrix: its numbers, scale, bias and zero point.
    private static readonly (int Codes, int Scale, int Bias, int Zero)[] s_matrices = [(2, 3, 4, 11), (5, 6, 7, 12)];

    private static readonly string[] s_known =
    [
        "k", "activation_type", "normalize_routing_weights", "use_sparse_mixer", "expert_weight_bits", "swiglu_fusion", "swiglu_limit",
        "activation_alpha", "activation_beta", "block_size", "accuracy_level", "weights_prepacked",
    ];

    private readonly long _bits = node.Int("expert_weight_bits", 4);
    private readonly long _block = node.Int("block_size", 0);

    public IReadOnlyList<Value?>? Read()
    {
        if (Obstacle() is { } reason)
        {
            throw new TesseraException("TSR0812", "", reason);
        }

        if (ExpertNodes.Form(node, node[4] is not null) is not { } form || node.Operand(2).Shape[0].ConstValue is not { } experts || !ExpertNodes.AreCounted(node, experts))
        {
            return null;
        }

        List<Value> tail = [];
        for (long e = experts - 1; e >= 0; e--)
        {
            foreach (var m in s_matrices)
            {
                Add(tail, m, e);
            }
        }

        Route routing = new(node.Operand(1)) { K = node.Int("k", 1), SelectFirst = true };
        form = form with { Scaled = true, ZeroPoints = node[11] is not null, BlockSize = _block };
        return ExpertNodes.Routed(node, form, routing, tail, experts);
    }

    // Why it stays as it is; null where nothing stands in the way.
    private string? Obstacle() => node switch
    {
        _ when node.Proto.Attribute.FirstOrDefault(static a => !s_known.Contains(a.Name)) is { } other => $"attribute {other.Name} is not known",
        _ when _bits is not (4 or 8) => $"weights of {_bits} bits are not carried",
        _ when node.Int("weights_prepacked", 0) > 0 => "weights are packed for a provider",
        _ when node[8] is not null || node[9] is not null || node[10] is not null || node[13] is not null => "the CPU provider has no third matrix",
        _ when node[14] is not null => "weights of routing are an input of their own",
        _ when node[4] is null != node[7] is null => "one of two matrices has a bias",
        _ when node[11] is null != node[12] is null => "one of two matrices has zero points: the provider quantises the other anew",
        _ => s_matrices.Select(m => Obstacle(m.Codes, m.Scale, m.Zero)).FirstOrDefault(static reason => reason is not null),
    };

    private string? Obstacle(int codes, int scale, int zero)
    {
        if (node.Operand(codes).Type is not TensorType { DType: DType.U8, Shape: { Rank: 3, IsStatic: true } shape } || node.Bytes(codes) is null)
        {
            return "numbers of a matrix are not known";
        }

        long rows = shape[2].ConstValue!.Value * 8 / _bits;
        Shape columns = [shape[0], shape[1]];
        Shape blocks = _block == 0 ? columns : [.. columns, rows / _block];
        return _block > 0 && rows % _block != 0 ? $"blocks of {_block} do not divide {rows} rows"
            : _block > 0 && rows == _block && node[zero] is not null ? "a block as long as a row has zero points laid out otherwise"
            : node.Operand(scale).Type is not TensorType { Shape: { } given } || given != blocks ? $"scales are {node.Operand(scale).Type}, not of {blocks}"
            : node.Operand(scale).DType != node.Operand(0).DType ? "scales have another type than the input"
            : node[zero] is not null && node.Bytes(zero) is not { DType: DType.U8 } ? "zero points are not known"
            : null;
    }

    private void Add(List<Value> tail, (int Codes, int Scale, int Bias, int Zero) m, long expert)
    {
        Shape shape = node.Operand(m.Codes).Shape;
        (long columns, long stride) = (shape[1].ConstValue!.Value, shape[2].ConstValue!.Value);
        long rows = stride * 8 / _bits;
        bool unsigned = node[m.Zero] is not null;
        DType dtype = (_bits, unsigned) switch
        {
            (4, true) => DType.U4,
            (4, false) => DType.I4,
            (_, true) => DType.U8,
            _ => DType.I8,
        };
        PackedColumnsWeightSource codes = new(node.Bytes(m.Codes)!, dtype, [rows, columns], expert * columns * stride, stride);
        tail.Add(node.Made(m.Codes, $".{expert}", codes));
        Value scale = ExpertNodes.View(node, node.Operand(m.Scale), expert);
        tail.Add(_block == 0 ? scale : node.Emit(new Transpose(scale) { Perm = [1, 0] }));
        if (unsigned)
        {
            tail.Add(Zero(m.Zero, dtype, expert, rows, columns));
        }

        if (node[m.Bias] is { } bias)
        {
            tail.Add(ExpertNodes.View(node, bias, expert));
        }
    }

    // In blocks they lie as the numbers do; else those of all columns one after another.
    private Value Zero(int input, DType dtype, long expert, long rows, long columns)
    {
        WeightSource bytes = node.Bytes(input)!;
        if (_block > 0)
        {
            long stride = dtype.ByteCount(rows / _block);
            return node.Made(input, $".{expert}", new PackedColumnsWeightSource(bytes, dtype, [rows / _block, columns], expert * columns * stride, stride));
        }

        long all = dtype.ByteCount(columns);
        PackedColumnsWeightSource one = new(bytes, dtype, [columns, 1], expert * all, all);
        return node.Made(input, $".{expert}", one.Reshape(columns));
    }
}
