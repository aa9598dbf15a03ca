using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>
/// ONNX Runtime's product with a matrix of 4 or 8 bits, <c>com.microsoft.MatMulNBits</c>, in standard ops:
/// <c>x · dequantize_linear(w) + bias</c>, which ONNX Runtime makes the same op of again. The matrix is <c>u8[out, blocks, block / pack]</c>.
/// </summary>
internal static class QuantizedMatMul
{
    // Blocks are powers of 2, so that each begins with a byte of its own.
    private const long LeastBlock = 16;

    public static IReadOnlyList<Value?>? Read(NodeView node)
    {
        (long rows, long columns, long bits, long block) = (node.Int("K", 0), node.Int("N", 0), node.Int("bits", 4), node.Int("block_size", 0));
        if (Obstacle(node, bits) is { } reason)
        {
            throw new TesseraException("TSR0812", "", reason);
        }

        if (rows < 1 || columns < 1 || block < LeastBlock || !long.IsPow2(block) || node.Bytes(1) is not { } codes)
        {
            return null;
        }

        long blocks = (rows + block - 1) / block;
        DType dtype = (bits, node[3]) switch
        {
            (4, null) => DType.I4,
            (4, _) => DType.U4,
            (_, null) => DType.I8,
            _ => DType.U8,
        };
        Value w = node.Made(1, ".matrix", new PackedColumnsWeightSource(codes, dtype, [rows, columns], 0, blocks * block * bits / 8));
        Value scale = node.Emit(new Transpose(node.Emit(new Reshape(node.Operand(2)) { Shape = [columns, blocks] })) { Perm = [1, 0] });
        Value? zero = node[3] is null ? null
            : node.Made(3, ".matrix", new PackedColumnsWeightSource(node.Bytes(3)!, dtype, [blocks, columns], 0, dtype.ByteCount(blocks)));
        Value matrix = node.Emit(new DequantizeLinear(w, scale, zero) { Axis = 0, BlockSize = block });
        Value product = node.Emit(new MatMul(node.Operand(0), matrix));
        return [node[5] is { } bias ? node.Emit(new Add(product, bias)) : product];
    }

    private static string? Obstacle(NodeView node, long bits) =>
        bits is not (4 or 8) ? $"weights of {bits} bits are not carried"
        : node[4] is not null ? "columns are of groups in an order of their own"
        : node.Bytes(1) is not { DType: DType.U8 } ? "the matrix is not known"
        : node[3] is not null && node.Bytes(3) is not { DType: DType.U8 } ? "zero points are not known, or are no whole numbers"
        : node.Operand(2).DType != node.Operand(0).DType ? "scales have another type than the input"
        : node.Operand(2).Type is not TensorType { Shape.IsStatic: true } ? "scales are not known"
        : null;
}
