using Tessera.Ir;
using Tessera.Ir.Evaluate;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Elementwise arithmetic, comparisons, activations, reductions and products.</summary>
internal static class ArithmeticForms
{
    private static readonly DType[] s_integers = [DType.I8, DType.I16, DType.I32, DType.I64, DType.U8, DType.U16, DType.U32, DType.U64];

    private static readonly DType[] s_floats = [DType.F16, DType.F32, DType.F64, DType.BF16];

    public static IEnumerable<Form> All() => [.. Unary(), .. Binary(), .. Variadic(), .. Activations(), .. Reductions(), .. Folds(), .. Products(), .. Old()];

    private static IEnumerable<Form> Unary() =>
    [
        .. from op in new[] { ("Abs", 13), ("Acos", 22), ("Acosh", 22), ("Asin", 22), ("Asinh", 22), ("Atan", 22), ("Atanh", 22), ("Ceil", 13), ("Cos", 22), ("Cosh", 22), ("Erf", 13), ("Exp", 13), ("Floor", 13), ("Log", 13), ("Neg", 13), ("Reciprocal", 13), ("Round", 22), ("Sign", 13), ("Sin", 22), ("Sinh", 22), ("Sqrt", 13), ("Tan", 22), ("Tanh", 13), ("Sigmoid", 13), ("IsNaN", 20), ("IsInf", 20), ("Identity", 21), ("Softsign", 22), ("Softplus", 22), ("Mish", 22), ("HardSwish", 22), ("Swish", 24) }
           from type in s_floats
           select Node($"{op.Item1}_{type}", op.Item2, op.Item1, [Of(type, 3, 4)]),
        .. from op in new[] { ("Abs", 13), ("Neg", 13), ("Sign", 13), ("Identity", 16) } from type in s_integers where op.Item1 != "Neg" || !type.ToString().StartsWith('U') select Node($"{op.Item1}_{type}", op.Item2, op.Item1, [Of(type, 3, 4)]),
        Node("round_ties", 11, "Round", [V(.1, .5, .9, 1.2, 1.5, 1.8, 2.3, 2.5, 2.7, -1.1, -1.5, -1.9, -2.2, -2.5, -2.8)]),
        Node("isinf_positive", 10, "IsInf", [V(-1.7, double.NaN, double.PositiveInfinity, 3.6, double.NegativeInfinity)], [A("detect_negative", 0)]),
        Node("not_4d", 1, "Not", [Of(DType.Bool, 2, 3, 2, 2)]),
        Node("identity_string", 14, "Identity", [Str([2], "a", "b")]),
        Node("swish_alpha", 24, "Swish", [F(3, 4)], [A("alpha", 0.5f)]),
        .. from type in s_integers select Node($"bitwise_not_{type}", 18, "BitwiseNot", [Of(type, 3, 2)]),
    ];

    private static IEnumerable<Form> Binary() =>
    [
        .. from op in new[] { ("Add", 14), ("Sub", 14), ("Mul", 14), ("Div", 14), ("Mod", 13), ("Equal", 19), ("Greater", 13), ("Less", 13), ("GreaterOrEqual", 16), ("LessOrEqual", 16) }
           from type in s_integers
           select Node($"{op.Item1}_{type}", op.Item2, op.Item1, [Of(type, 3, 4, 5), T(type, [5], 1, 3, 2, 5, 4)]),
        .. from op in new[] { ("Add", 14), ("Sub", 14), ("Mul", 14), ("Div", 14), ("Equal", 19), ("Greater", 13), ("Less", 13), ("GreaterOrEqual", 16), ("LessOrEqual", 16), ("PRelu", 16) }
           from type in s_floats
           select Node($"{op.Item1}_{type}", op.Item2, op.Item1, [Of(type, 3, 4, 5), Of(type, 5)]),
        .. from type in s_integers where !type.ToString().StartsWith('U') select Node($"mod_fmod_{type}", 13, "Mod", [T(type, [6], -4, 7, 5, 4, -7, 8), T(type, [6], 2, -3, 8, -2, 3, 5)], [A("fmod", 1)]),
        .. from type in s_floats select Node($"mod_{type}", 13, "Mod", [T(type, [6], -4.5, 7.5, 5, 4.5, -7.5, 8), T(type, [6], 2, -3.5, 8, -2, 3.5, 5)], [A("fmod", 1)]),
        .. from op in new[] { "BitwiseAnd", "BitwiseOr", "BitwiseXor" } from type in s_integers select Node($"{op}_{type}", 18, op, [Of(type, 3, 4, 5), Of(type, 4, 5)]),
        .. from way in new[] { "LEFT", "RIGHT" } from type in new[] { DType.U8, DType.U16, DType.U32, DType.U64 } select Node($"bitshift_{way}_{type}", 11, "BitShift", [T(type, [3], 16, 4, 1), T(type, [3], 1, 2, 3)], [A("direction", way)]),
        .. from op in new[] { "And", "Or", "Xor" } select Node($"{op}_bcast", 7, op, [Of(DType.Bool, 3, 4, 5), Of(DType.Bool, 4, 1)]),
        Node("equal_bool", 13, "Equal", [Of(DType.Bool, 4), Of(DType.Bool, 4)]),
        Node("equal_string_bcast", 19, "Equal", [Str([2], "string1", "string2"), Str([1], "string1")]),
        .. from a in new[] { DType.F32, DType.I32, DType.I64, DType.F64 }
           from b in new[] { DType.F32, DType.I32, DType.I64, DType.U32, DType.U64 }
           select Node($"pow_{a}_{b}", 15, "Pow", [T(a, [3], 1, 2, 3), T(b, [3], 4, 5, 6)]),
        Node("pow_bcast", 15, "Pow", [T(DType.F32, [2, 3], 1, 2, 3, 4, 5, 6), V(1, 2, 3)]),
        Node("where_bcast", 16, "Where", [Of(DType.Bool, 2, 1), F(1, 3), F(2, 3)]),
        Node("where_string", 16, "Where", [Of(DType.Bool, 2), Str([2], "a", "b"), Str([2], "c", "d")]),
        .. from type in new[] { DType.U8, DType.I64, DType.F64, DType.F16, DType.Bool } select Node($"where_{type}", 16, "Where", [Of(DType.Bool, 2, 3), Of(type, 2, 3), Of(type, 3)]),
    ];

    private static IEnumerable<Form> Variadic() =>
    [
        .. from op in new[] { "Max", "Min" } from type in s_integers.Concat(s_floats) select Node($"{op}_{type}", 13, op, [T(type, [3], 3, 2, 1), T(type, [3], 1, 4, 4), T(type, [1], 2)]),
        .. from op in new[] { "Max", "Min", "Sum", "Mean" } from n in new[] { 1, 2, 3 } select Node($"{op}_{n}_inputs", 13, op, [.. new[] { F(3, 2), F(2), F(3, 1) }.Take(n)]),
        .. from op in new[] { "Sum", "Mean" } from type in s_floats select Node($"{op}_{type}", 13, op, [Of(type, 3), Of(type, 3)]),
        .. from type in s_integers.Concat(s_floats) select Node($"clip_{type}", 13, "Clip", [Of(type, 3, 4), T(type, [], 1), T(type, [], 3)]),
        .. from type in new[] { DType.F32, DType.I8 } select Node($"clip_min_{type}", 13, "Clip", [Of(type, 3, 4), T(type, [], 0)]),
        .. from type in new[] { DType.F32, DType.I8 } select Node($"clip_max_{type}", 13, "Clip", [Of(type, 3, 4), null, T(type, [], 0)]),
        Node("clip_none", 13, "Clip", [F(3)]),
        Node("clip_crossed", 13, "Clip", [V(-2, 0, 6), T(DType.F32, [], 2), T(DType.F32, [], 1)]),
    ];

    private static IEnumerable<Form> Activations() =>
    [
        .. from op in new[] { ("Elu", 22), ("LeakyRelu", 16), ("Selu", 22), ("ThresholdedRelu", 22), ("Celu", 12), ("HardSigmoid", 22), ("Shrink", 9), ("Gelu", 20), ("Relu", 14) } select Node($"{op.Item1}_default", op.Item2, op.Item1, [F(3, 4)]),
        Node("elu", 22, "Elu", [F(3, 4)], [A("alpha", 2.0f)]),
        Node("leakyrelu", 16, "LeakyRelu", [F(3, 4)], [A("alpha", 0.1f)]),
        Node("selu", 22, "Selu", [F(3, 4)], [A("alpha", 2.0f), A("gamma", 3.0f)]),
        Node("thresholdedrelu", 22, "ThresholdedRelu", [F(3, 4)], [A("alpha", 0.5f)]),
        Node("celu", 12, "Celu", [F(3, 4)], [A("alpha", 2.0f)]),
        Node("hardsigmoid", 22, "HardSigmoid", [F(3, 4)], [A("alpha", 0.5f), A("beta", 0.6f)]),
        Node("shrink_hard", 9, "Shrink", [V(-2, -1, 0, 1, 2)], [A("lambd", 1.5f)]),
        Node("shrink_int", 9, "Shrink", [T(DType.I32, [5], -2, -1, 0, 1, 2)], [A("lambd", 1.5f), A("bias", 1.5f)]),
        Node("gelu_tanh", 20, "Gelu", [F(3, 4)], [A("approximate", "tanh")]),
        .. from type in new[] { DType.I32, DType.I8, DType.I64, DType.I16 } select Node($"relu_{type}", 14, "Relu", [Of(type, 3, 4)]),
        .. from op in new[] { "Softmax", "LogSoftmax", "Hardmax" } from axis in new[] { 0, 1, 2, -1, -2 } select Node($"{op}_{axis}", 13, op, [F(3, 4, 5)], [A("axis", axis)]),
        .. from op in new[] { "Softmax", "LogSoftmax", "Hardmax" } select Node($"{op}_default", 13, op, [F(3, 4, 5)]),
        .. from op in new[] { "Softmax", "LogSoftmax", "Hardmax" } from axis in new[] { 0, 1, 2 } select Node($"{op}_old_{axis}", 11, op, [F(3, 4, 5)], [A("axis", axis)]),
        .. from op in new[] { "Softmax", "LogSoftmax", "Hardmax" } from version in new[] { 7, 12 } select Node($"{op}_{version}_default", version, op, [F(3, 4, 5)]),
        Node("hardmax_ties", 13, "Hardmax", [T(DType.F32, [2, 4], 3, 3, 3, 1, 0, 1, 2, 3)]),
        Node("prelu_old", 7, "PRelu", [F(2, 3, 4), F(3, 1)]),
    ];

    private static IEnumerable<Form> Reductions()
    {
        string[] ops = ["ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"];
        int Since(string op) => op is "ReduceSum" ? 13 : op is "ReduceMax" or "ReduceMin" ? 20 : 18;
        RefTensor x = T(DType.F32, [3, 2, 2], 5, 1, 20, 2, 30, 1, 40, 2, 55, 1, 60, 2);
        return
        [
            .. from op in ops from keep in new[] { 0, 1 } select Node($"{op}_default_{keep}", Since(op), op, [x], [A("keepdims", keep)]),
            .. from op in ops from keep in new[] { 0, 1 } from axes in new[] { I(1), I(-2), I(0, 2), I(-1, 0) } select Node($"{op}_{string.Join('_', axes.I)}_{keep}", Since(op), op, [x, axes], [A("keepdims", keep)]),
            .. from op in ops from keep in new[] { 0, 1 } select Node($"{op}_noop_{keep}", Since(op), op, [x, I()], [A("keepdims", keep), A("noop_with_empty_axes", 1)]),
            .. from op in ops select Node($"{op}_noop_missing", Since(op), op, [x], [A("noop_with_empty_axes", 1)]),
            .. from op in ops from keep in new[] { 0, 1 } select Node($"{op}_empty_axes_{keep}", Since(op), op, [x, I()], [A("keepdims", keep)]),
            .. from op in ops where op != "ReduceMean" select Node($"{op}_empty_set", Since(op), op, [F(2, 0, 4), I(1)]),
            .. from op in ops select Node($"{op}_nonreduced_empty", Since(op), op, [F(2, 0, 4), I(2)]),
            .. from op in ops from type in new[] { DType.I32, DType.I64, DType.F64, DType.F16 } select Node($"{op}_{type}", Since(op), op, [T(type, [2, 3], 1, 2, 3, 4, 5, 6), I(1)]),
            .. from op in new[] { "ReduceMax", "ReduceMin" } select Node($"{op}_bool", 20, op, [T(DType.Bool, [2, 2], 1, 0, 0, 0), I(1)]),
            .. from op in new[] { "ReduceMax", "ReduceMin" } from type in new[] { DType.U8, DType.I8 } select Node($"{op}_{type}", 18, op, [Of(type, 3, 4), I(1)]),
            .. from op in ops select Node($"{op}_old", 11, op, [x], [A("axes", new[] { 1, -1 }), A("keepdims", 0)]),
            .. from op in ops select Node($"{op}_7", 7, op, [x]),
            .. from op in ops select Node($"{op}_scalar", Since(op), op, [T(DType.F32, [], 3)]),
        ];
    }

    private static IEnumerable<Form> Folds()
    {
        RefTensor ties = T(DType.F32, [2, 3], 2, 2, 1, 3, 1, 3);
        return
        [
            .. from op in new[] { "ArgMax", "ArgMin" }
               from axis in new[] { 0, 1, -1 }
               from keep in new[] { 0, 1 }
               from last in new[] { 0, 1 }
               select Node($"{op}_{axis}_{keep}_{last}", 13, op, [ties], [A("axis", axis), A("keepdims", keep), A("select_last_index", last)]),
            Node("argmax_default", 13, "ArgMax", [F(3, 4)]),
            Node("argmin_int", 13, "ArgMin", [Of(DType.I32, 3, 4)]),
            .. from op in new[] { ("CumSum", 14), ("CumProd", 26) }
               from exclusive in new[] { 0, 1 }
               from reverse in new[] { 0, 1 }
               from axis in new[] { 0, 1, -1 }
               select Node($"{op.Item1}_{exclusive}_{reverse}_{axis}", op.Item2, op.Item1, [T(DType.F64, [2, 3], 1, 2, 3, 4, 5, 6), T(DType.I32, [], axis)], [A("exclusive", exclusive), A("reverse", reverse)]),
            .. from op in new[] { ("CumSum", 14), ("CumProd", 26) } from type in new[] { DType.I32, DType.I64, DType.F32 } select Node($"{op.Item1}_{type}", op.Item2, op.Item1, [T(type, [5], 1, 2, 3, 4, 5), S(0)]),
            Node("cumsum_axis_1d", 14, "CumSum", [T(DType.F64, [5], 1, 2, 3, 4, 5), T(DType.I32, [1], 0)]),
        ];
    }

    private static IEnumerable<Form> Products() =>
    [
        .. from shapes in new (int[], int[])[] { ([3, 4], [4, 3]), ([3], [3]), ([3], [2, 3, 2]), ([1, 2, 4, 3], [3]), ([2, 3, 4], [2, 4, 3]), ([2, 3], [3]), ([3], [3, 2]), ([3, 1, 3, 4], [2, 4, 2]), ([0, 3], [3, 2]) }
           select Node($"matmul_{string.Join('x', shapes.Item1)}_{string.Join('x', shapes.Item2)}", 13, "MatMul", [F(shapes.Item1), F(shapes.Item2)]),
        .. from type in new[] { DType.F16, DType.F64, DType.I32, DType.I64, DType.U32, DType.U64 } select Node($"matmul_{type}", 13, "MatMul", [Of(type, 2, 3), Of(type, 3, 2)]),
        Node("matmulinteger", 10, "MatMulInteger", [T(DType.U8, [4, 3], 11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0), T(DType.U8, [3, 2], 1, 4, 2, 5, 3, 6), T(DType.U8, [1], 12), T(DType.U8, [1], 0)]),
        Node("matmulinteger_plain", 10, "MatMulInteger", [Of(DType.I8, 4, 3), Of(DType.I8, 3, 2)]),
        Node("matmulinteger_per_column", 10, "MatMulInteger", [Of(DType.U8, 4, 3), Of(DType.I8, 3, 2), null, T(DType.I8, [2], 1, 2)]),
        Node("gemm_default", 13, "Gemm", [F(3, 5), F(5, 4), F(3, 4)]),
        Node("gemm_no_bias", 13, "Gemm", [F(2, 10), F(10, 3)]),
        Node("gemm_scalar_bias", 13, "Gemm", [F(2, 3), F(3, 4), T(DType.F32, [], 3.14)]),
        Node("gemm_single_bias", 13, "Gemm", [F(3, 7), F(7, 3), V(3.14)]),
        Node("gemm_vector_bias", 13, "Gemm", [F(2, 7), F(7, 4), F(1, 4)]),
        Node("gemm_column_bias", 13, "Gemm", [F(2, 7), F(7, 4), F(2, 1)], [A("beta", 0.5f)]),
        Node("gemm_transB", 13, "Gemm", [F(3, 6), F(4, 6), F(1, 4)], [A("transB", 1)]),
        Node("gemm_int", 13, "Gemm", [Of(DType.I32, 3, 6), Of(DType.I32, 6, 4), Of(DType.I32, 4)]),
        Node("gemm_f64", 13, "Gemm", [Of(DType.F64, 3, 6), Of(DType.F64, 6, 4)], [A("alpha", 0.5f)]),
        .. from e in new (string, RefTensor[])[]
           {
               ("...ii ->...i", [Of(DType.F64, 3, 5, 5)]), ("i,i", [Of(DType.F64, 5), Of(DType.F64, 5)]), ("ij->i", [Of(DType.F64, 3, 4)]), ("ij->ji", [Of(DType.F64, 3, 4)]),
               ("bij, bjk -> bik", [Of(DType.F64, 5, 2, 3), Of(DType.F64, 5, 3, 4)]), ("->", [T(DType.F64, [], 5)]), ("ij", [Of(DType.F64, 3, 4)]), ("ba", [Of(DType.F64, 3, 4)]),
               ("...ij,...jk->...ik", [F(2, 3, 4), F(4, 2)]), ("ii", [F(3, 3)]), ("i,j->ij", [F(3), F(2)]), ("ij,jk,kl->il", [F(2, 3), F(3, 2), F(2, 4)]), ("...->...", [F(2, 3)]), ("i...->...", [F(2, 3)]),
           }
           select Node($"einsum {e.Item1}", 12, "Einsum", [.. e.Item2], [A("equation", e.Item1)]),
        Node("det_batch", 22, "Det", [T(DType.F32, [2, 1, 3, 3], 1, 2, 3, 0, 1, 4, 5, 6, 0, 2, 0, 1, 1, 3, 2, 0, 1, 1)]),
    ];

    private static IEnumerable<Form> Old() =>
    [
        Node("clip_6", 7, "Clip", [F(5)], [A("min", -1.0f)]),
        Node("dropout_7", 7, "Dropout", [F(5)], [A("ratio", 0.3f)]),
        Node("dropout_10", 10, "Dropout", [F(5)], [A("ratio", 0.3f)], outputs: 2),
        Node("dropout_mask", 22, "Dropout", [F(5)], outputs: 2),
        Node("dropout_mask_ratio", 13, "Dropout", [F(5), T(DType.F32, [], .1)], outputs: 2),
        Node("dropout_training_zero", 13, "Dropout", [F(5), T(DType.F32, [], 0), T(DType.Bool, [], 1)], outputs: 2),
        Node("dropout_off", 22, "Dropout", [F(5), T(DType.F32, [], .5), T(DType.Bool, [], 0)], outputs: 2),
        Node("gemm_7", 7, "Gemm", [F(3, 5), F(5, 4), F(4)]),
        .. from op in new[] { "Abs", "Acos", "Asin", "Atan", "Ceil", "Cos", "Exp", "Floor", "Log", "Neg", "Reciprocal", "Sigmoid", "Sin", "Sqrt", "Tan", "Tanh", "Relu", "Elu", "Selu", "LeakyRelu", "HardSigmoid", "Softplus", "Softsign", "Identity", "Shape", "Size", "Flatten", "Transpose", "ArgMax", "ArgMin", "Squeeze" }
           from version in new[] { 7, 8, 9, 10, 11, 12 }
           select Node($"{op}_at_{version}", version, op, [F(1, 3, 4)]),
        .. from op in new[] { "Add", "Sub", "Mul", "Div", "Pow", "PRelu", "MatMul" } from version in new[] { 7, 8, 9, 10, 11, 12 } select Node($"{op}_at_{version}", version, op, [F(2, 3, 3), F(3, 3)]),
        .. from op in new[] { "Max", "Min", "Sum", "Mean" } from version in new[] { 7, 8, 11, 12 } select Node($"{op}_at_{version}", version, op, [F(3, 3), F(3, 3)]),
        .. from op in new[] { "Greater", "Less" } from version in new[] { 7, 9, 11 } select Node($"{op}_at_{version}", version, op, [F(2, 3, 3), F(3, 3)]),
        .. from op in new[] { "Asinh", "Acosh", "Atanh", "Sinh", "Cosh", "Erf", "Sign", "IsNaN", "NonZero", "Shrink", "ThresholdedRelu", "Round", "Unique" }
           from version in new[] { 9, 10, 11, 12 } where version >= (op is "Round" or "Unique" ? 11 : op == "ThresholdedRelu" ? 10 : 9) select Node($"{op}_at_{version}", version, op, [F(3, 3)]),
        .. from version in new[] { 7, 9 } select Node($"cast_at_{version}", version, "Cast", [F(3)], [A("to", (int)DType.I32)]),
        .. from version in new[] { 11, 12, 13 } select Node($"gathernd_at_{version}", version, "GatherND", [F(3, 3), T(DType.I64, [1, 2], 0, 1)]),
        .. from version in new[] { 8, 9, 11 } select Node($"expand_at_{version}", version, "Expand", [F(3, 1), I(3, 4)]),
        .. from version in new[] { 7, 11 } select Node($"unsqueeze_at_{version}", version, "Unsqueeze", [F(3)], [A("axes", new[] { 0 })]),
        .. from version in new[] { 7, 11 } select Node($"reducesum_at_{version}", version, "ReduceSum", [F(3, 2)], [A("axes", new[] { 1 })]),
        .. from version in new[] { 7, 11, 12 } select Node($"gather_at_{version}", version, "Gather", [F(3, 2), I(0, 2)]),
        .. from version in new[] { 7, 11, 12 } select Node($"concat_at_{version}", version, "Concat", [F(3, 2), F(3, 2)], [A("axis", 1)]),
        .. from version in new[] { 7, 11, 12 } select Node($"reshape_at_{version}", version, "Reshape", [F(3, 2), I(-1)]),
        .. from version in new[] { 7, 11, 12 } select Node($"tile_at_{version}", version, "Tile", [F(3, 2), I(1, 2)]),
        .. from version in new[] { 7, 9, 11 } select Node($"instancenorm_at_{version}", version, "InstanceNormalization", [F(2, 3, 4), F(3), F(3)]),
        .. from version in new[] { 7, 9, 11 } select Node($"lrn_at_{version}", version, "LRN", [F(2, 3, 4, 4)], [A("size", 3)]),
        .. from version in new[] { 7, 9, 11 } select Node($"lpnorm_at_{version}", version, "LpNormalization", [F(2, 3)]),
        .. from version in new[] { 7, 8, 10, 11, 12 } from op in new[] { "MaxPool", "AveragePool", "LpPool" } select Node($"{op}_at_{version}", version, op, [F(1, 2, 5, 5)], [A("kernel_shape", new[] { 2, 2 }), A("strides", new[] { 2, 2 }), A("pads", new[] { 0, 0, 1, 1 })]),
        .. from version in new[] { 7, 9, 11 } from op in new[] { "GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool" } select Node($"{op}_at_{version}", version, op, [F(1, 2, 5, 5)]),
        .. from version in new[] { 7, 11 } select Node($"depthtospace_at_{version}", version, "DepthToSpace", [F(1, 8, 2, 3)], [A("blocksize", 2)]),
        .. from version in new[] { 7, 11 } select Node($"spacetodepth_at_{version}", version, "SpaceToDepth", [F(1, 2, 4, 6)], [A("blocksize", 2)]),
        .. from version in new[] { 7, 9, 11 } select Node($"gemm_at_{version}", version, "Gemm", [F(3, 5), F(5, 4), F(4)], [A("alpha", 0.5f)]),
        .. from version in new[] { 7, 9, 11 } select Node($"constant_at_{version}", version, "Constant", [], [A("value", F(2, 2))]),
        .. from version in new[] { 7, 9, 11 } select Node($"conv_at_{version}", version, "Conv", [F(1, 2, 5, 5), F(3, 2, 3, 3), F(3)]),
        .. from version in new[] { 7, 9, 11 } select Node($"convtranspose_at_{version}", version, "ConvTranspose", [F(1, 2, 5, 5), F(2, 3, 3, 3), F(3)]),
        .. from version in new[] { 10, 11 } select Node($"quantize_at_{version}", version, "QuantizeLinear", [F(5), T(DType.F32, [], 0.1), T(DType.U8, [], 3)]),
        Node("equal_7", 7, "Equal", [Of(DType.I32, 3), Of(DType.I32, 3)]),
        Node("sum_8", 8, "Sum", [F(3), F(3)]),
        Node("max_8", 8, "Max", [F(3), F(3)]),
    ];
}
