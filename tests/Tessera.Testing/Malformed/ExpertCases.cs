using Tessera.Ir;
using Tessera.Onnx.Proto;
using static Tessera.Testing.Malformed.Protos;

namespace Tessera.Testing.Malformed;

/// <summary>ONNX Runtime's experts and matrices of few bits with numbers that no model has; what is not known is carried through.</summary>
internal static class ExpertCases
{
    private const long Huge = 1L << 40;

    public static IEnumerable<MalformedCase> All =>
    [
        Of("MoE of a trillion experts of nothing", Floats("a", Huge, 0, 3), Floats("b", Huge, 3, 0), Ours("MoE", "x x a _ b", Int("k", 1))),
        Of("MoE of one expert in its second stack", Floats("a", 3, 1, 3), Floats("b", 1, 3, 1), Ours("MoE", "x x a _ b", Int("k", 1))),
        Of("MoE of a stack without axes", Floats("a"), Floats("b"), Ours("MoE", "x x a _ b", Int("k", 1))),
        Of("MoE of 2^62 choices", [.. Matrices, Ours("MoE", "x x a _ b", Int("k", 1L << 62))]),
        Of("MoE of less than no choice", [.. Matrices, Ours("MoE", "x x a _ b", Int("k", -1))]),
        Of("MoE without matrices", Ours("MoE", "x x")),
        Of("MoE whose activation is a number", [.. Matrices, Ours("MoE", "x x a _ b", Int("activation_type", 7))]),
        Of("QMoE of a trillion experts of nothing", Bytes("a", Huge, 0, 3), Floats("s", Huge, 0), Bytes("b", Huge, 0, 3), Ours("QMoE", "x x a s _ b s", Int("k", 1))),
        Of("QMoE of 2^32 + 4 bits", Bytes("a", 3, 3, 2), Floats("s", 3, 3), Ours("QMoE", "x x a s _ a s", Int("expert_weight_bits", (1L << 32) + 4))),
        Of("QMoE in blocks of less than nothing", Bytes("a", 3, 3, 2), Floats("s", 3, 3), Ours("QMoE", "x x a s _ a s", Int("block_size", -16))),
        Of("QMoE whose biases have no known rank", [Bytes("a", 3, 3, 2), Floats("s", 3, 3), Node("Mystery", "x", "u"), Ours("QMoE", "x x a s u a s u", Int("k", 1))]),
        Of("QMoE whose zero points are too few", Bytes("a", 3, 3, 2), Floats("s", 3, 3), Bytes("z", 1), Ours("QMoE", "x x a s _ a s _ _ _ _ z z", Int("k", 1))),
        Of("MatMulNBits of 2^62 rows", Product((1L << 62) + 1, 3, 16)),
        Of("MatMulNBits of less than no columns", Product(3, -3, 16)),
        Of("MatMulNBits in blocks of nothing", Product(3, 3, 0)),
        Of("MatMulNBits in blocks of three", Product(3, 3, 3)),
        Of("MatMulNBits in blocks of 2^62", Product(3, 3, 1L << 62)),
        Of("MatMulNBits of a matrix that is too short", Product(300, 3, 16)),
    ];

    private static IEnumerable<NodeProto> Matrices => [Floats("a", 3, 1, 3), Floats("b", 3, 3, 1)];

    private static IEnumerable<NodeProto> Product(long rows, long columns, long block) =>
        [Bytes("w", 3, 1, 8), Floats("s", 3), Ours("MatMulNBits", "x w s", Int("K", rows), Int("N", columns), Int("bits", 4), Int("block_size", block))];

    private static MalformedCase Of(string name, params IEnumerable<NodeProto> nodes) =>
        new(name, null, Model(nodes).With(static m => m.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.microsoft", Version = 1 })));

    private static NodeProto Ours(string type, string inputs, params IEnumerable<AttributeProto> attributes)
    {
        NodeProto node = Node(type, inputs, "y", attributes);
        node.Domain = "com.microsoft";
        return node;
    }

    private static NodeProto Floats(string name, params long[] dims) => Constant(name, Tensor(name, DType.F32, dims, new byte[4 * dims.Aggregate(1L, static (a, b) => a * b)]));

    private static NodeProto Bytes(string name, params long[] dims) => Constant(name, Tensor(name, DType.U8, dims, new byte[dims.Aggregate(1L, static (a, b) => a * b)]));
}
