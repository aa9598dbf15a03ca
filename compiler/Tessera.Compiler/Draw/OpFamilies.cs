using System.Collections.Frozen;
using Tessera.Ir;
using Tessera.Ir.Ops;

namespace Tessera.Compiler.Draw;

/// <summary>Which family an op belongs to, and the colours of families: light grounds under dark letters.</summary>
internal static class OpFamilies
{
    private static readonly (OpFamily Family, string Words)[] s_words =
    [
        (OpFamily.Product, "matmul conv conv_transpose deform_conv einsum matmul_integer conv_integer qlinear_conv qlinear_matmul det grouped_mlp"),
        (OpFamily.Attention, "attention standard_attention multi_head_attention packed_attention linear_attention rotary_embedding standard_rotary segment_softmax"),
        (OpFamily.Norm, "layer_norm rms_norm standard_layer_norm standard_rms_norm batch_norm group_norm instance_norm lp_norm lrn softmax log_softmax hardmax skip_layer_norm skip_rms_norm"),
        (OpFamily.Activation, "relu gelu silu sigmoid tanh hard_sigmoid hard_swish leaky_relu prelu elu selu celu mish softplus softsign thresholded_relu erf shrink clip dropout"),
        (OpFamily.Arithmetic, "add sub mul div pow sqrt exp log neg abs max min where reciprocal equal less less_or_equal greater greater_or_equal and or not xor mod floor ceil round sin cos tan sinh cosh asin acos atan asinh acosh atanh sign is_inf is_nan bit_shift bitwise_and bitwise_or bitwise_xor bitwise_not"),
        (OpFamily.Shape, "reshape transpose slice concat expand pad tile squeeze unsqueeze split depth_to_space space_to_depth resize center_crop_pad col2_im shape size constant_of_shape eye_like range dim"),
        (OpFamily.Index, "gather gather_elements gather_nd scatter_elements scatter_nd tensor_scatter top_k nonzero one_hot compress unique trilu reverse_sequence non_max_suppression segment_expand grid_sample affine_grid route sparse_top_k"),
        (OpFamily.Pool, "max_pool average_pool lp_pool max_roi_pool max_unpool roi_align"),
        (OpFamily.State, "lstm gru rnn if loop scan"),
        (OpFamily.Type, "cast bit_cast quantize_linear dequantize_linear dynamic_quantize_linear"),
    ];

    private static readonly FrozenDictionary<string, OpFamily> s_byName =
        s_words.SelectMany(static f => f.Words.Split(' ').Select(w => (w, f.Family))).ToFrozenDictionary(static p => p.w, static p => p.Family, StringComparer.Ordinal);

    public static OpFamily Of(Op op) => op switch
    {
        Opaque => OpFamily.Carried,
        Input => OpFamily.Interface,
        _ => Of(op.Schema.Name),
    };

    public static OpFamily Of(string name) => s_byName.TryGetValue(name, out OpFamily family) ? family
        : name.StartsWith("reduce", StringComparison.Ordinal) || name.StartsWith("arg_", StringComparison.Ordinal)
            || name.StartsWith("cum_", StringComparison.Ordinal) || name is "segment_reduce" ? OpFamily.Reduction
        : name.StartsWith("dynamic_", StringComparison.Ordinal) ? Of(name["dynamic_".Length..])
        : name == "opaque" ? OpFamily.Carried
        : OpFamily.Other;

    public static string Word(OpFamily family) => family switch
    {
        OpFamily.Interface => "input, output",
        OpFamily.Product => "products",
        OpFamily.State => "loops, recurrence",
        OpFamily.Type => "casts",
        OpFamily.Carried => "carried, not understood",
        OpFamily.Group => "several ops",
        OpFamily.Index => "indexing",
        OpFamily.Pool => "pooling",
        _ => Ir.Text.Spelling.Snake(family.ToString()),
    };

    public static string Ground(OpFamily family) => family switch
    {
        OpFamily.Interface => "#ffffff",
        OpFamily.Product => "#bcd7f5",
        OpFamily.Attention => "#f8c8dc",
        OpFamily.Norm => "#cdebc5",
        OpFamily.Activation => "#ffe0b3",
        OpFamily.Arithmetic => "#f4f1c4",
        OpFamily.Reduction => "#d9cdf0",
        OpFamily.Shape => "#e3e6ea",
        OpFamily.Index => "#c9ecec",
        OpFamily.Pool => "#b9e3d6",
        OpFamily.State => "#f1cdb9",
        OpFamily.Type => "#e9dccb",
        OpFamily.Carried => "#ffb8b0",
        OpFamily.Group => "#eef3fb",
        _ => "#f2f2f2",
    };
}
