using Tessera.Ir;
using Tessera.Ir.Evaluate;
using static Tessera.Compiler.Tests.Conformance.Forms.Form;

namespace Tessera.Compiler.Tests.Conformance.Forms;

/// <summary>Convolutions, pooling, resizing and sampling.</summary>
internal static class WindowForms
{
    public static IEnumerable<Form> All() => [.. Convolutions(), .. Transposed(), .. Averages(), .. Maxima(), .. Norms(), .. Unpooling(), .. Regions(), .. Images(), .. Grids()];

    private static IEnumerable<Form> Convolutions() =>
    [
        Node("conv_padding", 22, "Conv", [F(1, 1, 5, 5), F(1, 1, 3, 3)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 1, 1, 1, 1 })]),
        Node("conv_no_padding", 22, "Conv", [F(1, 1, 5, 5), F(1, 1, 3, 3)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 0, 0, 0, 0 })]),
        Node("conv_strides_asymmetric", 22, "Conv", [F(1, 1, 7, 5), F(1, 1, 3, 3)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 1, 0, 1, 0 }), A("strides", new[] { 2, 2 })]),
        Node("conv_same_lower", 11, "Conv", [F(1, 1, 5, 5), F(1, 1, 3, 3)], [A("auto_pad", "SAME_LOWER"), A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 2, 2 })]),
        Node("conv_same_upper_even", 11, "Conv", [F(1, 2, 6, 5), F(3, 2, 2, 4)], [A("auto_pad", "SAME_UPPER"), A("strides", new[] { 1, 2 })]),
        Node("conv_valid", 11, "Conv", [F(1, 2, 6, 5), F(3, 2, 2, 4), F(3)], [A("auto_pad", "VALID"), A("strides", new[] { 1, 2 })]),
        Node("conv_1d_group", 11, "Conv", [F(2, 4, 9), F(6, 2, 3), F(6)], [A("group", 2), A("dilations", new[] { 2 })]),
        Node("conv_3d", 11, "Conv", [F(1, 2, 4, 5, 4), F(2, 2, 2, 3, 2)]),
        Node("convinteger_padding", 10, "ConvInteger", [T(DType.U8, [1, 1, 3, 3], 2, 3, 4, 5, 6, 7, 8, 9, 10), T(DType.U8, [1, 1, 2, 2], 1, 1, 1, 1), T(DType.U8, [], 1)], [A("pads", new[] { 1, 1, 1, 1 })]),
        Node("convinteger", 10, "ConvInteger", [T(DType.U8, [1, 1, 3, 3], 2, 3, 4, 5, 6, 7, 8, 9, 10), T(DType.U8, [1, 1, 2, 2], 1, 1, 1, 1), T(DType.U8, [], 1)]),
        Node("qlinearconv", 10, "QLinearConv", [
            Of(DType.U8, 1, 1, 7, 7), T(DType.F32, [], 0.00369204697), T(DType.U8, [], 132),
            T(DType.U8, [1, 1, 1, 1], 0), T(DType.F32, [1], 0.00172794575), T(DType.U8, [1], 255), T(DType.F32, [], 0.00162681262), T(DType.U8, [], 123)]),
        Node("deform_conv_padding", 22, "DeformConv", [F(1, 1, 3, 3), F(1, 1, 2, 2), F(1, 8, 4, 4)], [A("kernel_shape", new[] { 2, 2 }), A("pads", new[] { 1, 1, 1, 1 })]),
        Node("deform_conv", 19, "DeformConv", [F(1, 1, 3, 3), F(1, 1, 2, 2), F(1, 8, 2, 2)], [A("kernel_shape", new[] { 2, 2 }), A("pads", new[] { 0, 0, 0, 0 })]),
        Node("deform_conv_mask_bias", 19, "DeformConv", [F(1, 1, 3, 3), F(1, 1, 2, 2), F(1, 8, 2, 2), F(1), F(1, 4, 2, 2)], [A("kernel_shape", new[] { 2, 2 }), A("pads", new[] { 0, 0, 0, 0 })]),
        Node("deform_conv_groups", 19, "DeformConv", [F(1, 2, 3, 3), F(1, 2, 2, 2), F(1, 16, 2, 2)], [A("kernel_shape", new[] { 2, 2 }), A("pads", new[] { 0, 0, 0, 0 }), A("offset_group", 2)]),
        Node("col2im", 18, "Col2Im", [F(1, 5, 5), I(5, 5), I(1, 5)]),
        Node("col2im_strides", 18, "Col2Im", [F(1, 9, 4), I(5, 5), I(3, 3)], [A("strides", new[] { 2, 2 })]),
        Node("col2im_pads", 18, "Col2Im", [F(1, 5, 15), I(5, 5), I(1, 5)], [A("pads", new[] { 0, 1, 0, 1 })]),
        Node("col2im_5d", 18, "Col2Im", [F(1, 10, 12), I(3, 4, 5), I(1, 1, 5)]),
    ];

    private static IEnumerable<Form> Transposed() =>
    [
        Node("convtranspose_dilations", 22, "ConvTranspose", [F(1, 1, 3, 3), F(1, 1, 2, 2)], [A("dilations", new[] { 2, 2 })]),
        Node("convtranspose_group_2", 22, "ConvTranspose", [F(1, 2, 3, 3), F(2, 1, 3, 3)], [A("group", 2)]),
        Node("convtranspose_kernel_shape", 22, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3)], [A("strides", new[] { 3, 2 }), A("output_shape", new[] { 10, 8 }), A("kernel_shape", new[] { 3, 3 }), A("output_padding", new[] { 1, 1 })]),
        Node("convtranspose_output_shape", 22, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3)], [A("strides", new[] { 3, 2 }), A("output_shape", new[] { 10, 8 })]),
        Node("convtranspose_pad", 22, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3)], [A("strides", new[] { 3, 2 }), A("output_padding", new[] { 1, 1 })]),
        Node("convtranspose_pads", 22, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3)], [A("strides", new[] { 3, 2 }), A("pads", new[] { 1, 2, 1, 2 })]),
        Node("convtranspose_same_lower", 11, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3), F(2)], [A("auto_pad", "SAME_LOWER"), A("strides", new[] { 2, 2 })]),
        Node("convtranspose_valid", 11, "ConvTranspose", [F(1, 1, 3, 3), F(1, 2, 3, 3), F(2)], [A("auto_pad", "VALID"), A("strides", new[] { 2, 2 })]),
    ];

    private static IEnumerable<Form> Averages() =>
    [
        Node("averagepool_1d", 22, "AveragePool", [F(1, 3, 32)], [A("kernel_shape", new[] { 2 })]),
        Node("averagepool_2d_ceil", 22, "AveragePool", [F(1, 1, 4, 4)], [A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 2, 2 }), A("ceil_mode", 1)]),
        Node("averagepool_2d_ceil_last_on_pad", 22, "AveragePool", [F(1, 3, 2, 2)], [A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 3, 3 }), A("pads", new[] { 1, 1, 1, 1 }), A("ceil_mode", 1), A("count_include_pad", 1)]),
        Node("averagepool_2d", 22, "AveragePool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 2, 2 })]),
        Node("averagepool_2d_dilations", 22, "AveragePool", [F(1, 1, 4, 4)], [A("kernel_shape", new[] { 2, 2 }), A("strides", new[] { 1, 1 }), A("dilations", new[] { 2, 2 }), A("ceil_mode", 1)]),
        Node("averagepool_2d_pads_include", 22, "AveragePool", [F(1, 3, 7, 7)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 2, 2, 2, 2 }), A("count_include_pad", 1)]),
        Node("averagepool_2d_same_lower", 22, "AveragePool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 2, 2 }), A("auto_pad", "SAME_LOWER")]),
        Node("averagepool_2d_same_upper", 22, "AveragePool", [F(1, 1, 5, 5)], [A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 2, 2 }), A("auto_pad", "SAME_UPPER")]),
        Node("averagepool_2d_strides", 22, "AveragePool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 5, 5 }), A("strides", new[] { 3, 3 })]),
        .. from include in new[] { 0, 1 }
           from ceil in new[] { 0, 1 }
           select Node($"averagepool_3d_large_{include}_{ceil}", 22, "AveragePool", [F(1, 1, 9, 9, 9)], [A("kernel_shape", new[] { 5, 5, 5 }), A("strides", new[] { 3, 3, 3 }), A("dilations", new[] { 2, 2, 2 }), A("count_include_pad", include), A("ceil_mode", ceil)]),
        Node("averagepool_3d_small", 22, "AveragePool", [F(1, 1, 4, 4, 4)], [A("kernel_shape", new[] { 2, 2, 2 }), A("strides", new[] { 1, 1, 1 }), A("dilations", new[] { 2, 2, 2 }), A("ceil_mode", 1)]),
        Node("averagepool_old", 7, "AveragePool", [F(1, 1, 4, 4)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 1, 1, 1, 1 })]),
        Node("globalaveragepool", 22, "GlobalAveragePool", [F(1, 3, 5, 5)]),
        Node("globalmaxpool", 22, "GlobalMaxPool", [F(1, 3, 5, 5)]),
        Node("globallppool", 2, "GlobalLpPool", [F(1, 3, 5, 5)], [A("p", 3)]),
    ];

    private static IEnumerable<Form> Maxima() =>
    [
        Node("maxpool_1d", 22, "MaxPool", [F(1, 3, 32)], [A("kernel_shape", new[] { 2 })]),
        Node("maxpool_2d_ceil", 22, "MaxPool", [F(1, 1, 4, 4)], [A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 2, 2 }), A("ceil_mode", 1)]),
        Node("maxpool_2d_ceil_reduced", 22, "MaxPool", [F(1, 1, 2, 2)], [A("kernel_shape", new[] { 1, 1 }), A("strides", new[] { 2, 2 }), A("ceil_mode", 1)]),
        Node("maxpool_2d", 22, "MaxPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 2, 2 })]),
        Node("maxpool_2d_same_upper", 22, "MaxPool", [F(1, 1, 5, 5)], [A("kernel_shape", new[] { 3, 3 }), A("strides", new[] { 2, 2 }), A("auto_pad", "SAME_UPPER")]),
        Node("maxpool_2d_same_lower", 22, "MaxPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 2, 2 }), A("auto_pad", "SAME_LOWER")]),
        Node("maxpool_2d_strides", 22, "MaxPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 5, 5 }), A("strides", new[] { 3, 3 })]),
        Node("maxpool_3d_dilations", 22, "MaxPool", [F(1, 1, 6, 6, 6)], [A("kernel_shape", new[] { 3, 3, 3 }), A("strides", new[] { 2, 2, 2 }), A("dilations", new[] { 2, 2, 2 }), A("ceil_mode", 1)]),
        Node("maxpool_argmax_pads", 22, "MaxPool", [F(1, 1, 5, 5)], [A("kernel_shape", new[] { 5, 5 }), A("pads", new[] { 2, 2, 2, 2 })], outputs: 2),
        Node("maxpool_argmax_strides", 22, "MaxPool", [F(1, 2, 5, 5)], [A("kernel_shape", new[] { 2, 2 }), A("strides", new[] { 2, 2 }), A("storage_order", 1)], outputs: 2),
        Node("maxpool_int8", 12, "MaxPool", [Of(DType.I8, 1, 1, 5, 5)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 1, 1, 1, 1 })]),
        Node("maxpool_f16", 12, "MaxPool", [Of(DType.F16, 1, 1, 5, 5)], [A("kernel_shape", new[] { 3, 3 })]),
    ];

    private static IEnumerable<Form> Norms() =>
    [
        Node("lppool_2d_pads", 22, "LpPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 3, 3 }), A("pads", new[] { 2, 2, 2, 2 }), A("p", 3)]),
        Node("lppool_2d_same_lower", 22, "LpPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 2, 2 }), A("auto_pad", "SAME_LOWER"), A("p", 4)]),
        Node("lppool_2d_strides", 22, "LpPool", [F(1, 3, 8, 8)], [A("kernel_shape", new[] { 5, 5 }), A("strides", new[] { 3, 3 }), A("p", 2)]),
        Node("lppool_old", 11, "LpPool", [F(1, 3, 8)], [A("kernel_shape", new[] { 3 }), A("p", 1)]),
        Node("lppool_ceil", 18, "LpPool", [F(1, 3, 8)], [A("kernel_shape", new[] { 3 }), A("strides", new[] { 2 }), A("ceil_mode", 1)]),
    ];

    private static IEnumerable<Form> Unpooling() =>
    [
        Node("maxunpool", 22, "MaxUnpool", [T(DType.F32, [1, 1, 2, 2], 1, 2, 3, 4), T(DType.I64, [1, 1, 2, 2], 5, 7, 13, 15)], [A("kernel_shape", new[] { 2, 2 }), A("strides", new[] { 2, 2 })]),
        Node("maxunpool_shape", 11, "MaxUnpool", [T(DType.F32, [1, 1, 2, 2], 5, 6, 7, 8), T(DType.I64, [1, 1, 2, 2], 5, 7, 13, 15), I(1, 1, 5, 5)], [A("kernel_shape", new[] { 2, 2 }), A("strides", new[] { 2, 2 })], // positions are those of the 4 by 4 result of the pooling
            expected: [T(DType.F32, [1, 1, 5, 5], 0, 0, 0, 0, 0, 0, 5, 0, 6, 0, 0, 0, 0, 0, 0, 0, 7, 0, 8, 0, 0, 0, 0, 0, 0)]),
    ];

    private static IEnumerable<Form> Regions() =>
    [
        .. from mode in new[] { "avg", "max" }
           from aligned in new[] { "half_pixel", "output_half_pixel" }
           select Node($"roialign_{mode}_{aligned}", 22, "RoiAlign", [F(1, 1, 10, 10), T(DType.F32, [3, 4], 0, 0, 9, 9, 0, 5, 4, 9, 5, 5, 9, 9), I(0, 0, 0)], [A("mode", mode), A("coordinate_transformation_mode", aligned), A("output_height", 5), A("output_width", 5), A("sampling_ratio", 2), A("spatial_scale", 1.0f)]),
        Node("roialign_adaptive", 16, "RoiAlign", [F(1, 1, 10, 10), T(DType.F32, [1, 4], 0, 0, 9, 9), I(0)], [A("spatial_scale", 0.5f)]),
        Node("maxroipool", 22, "MaxRoiPool", [F(1, 2, 8, 8), T(DType.F32, [2, 5], 0, 0, 0, 5, 5, 0, 2, 1, 7, 6)], [A("pooled_shape", new[] { 2, 3 })]),
        Node("nms_center", 11, "NonMaxSuppression", [T(DType.F32, [1, 6, 4], .5, .5, 1, 1, .5, .6, 1, 1, .5, .4, 1, 1, .5, 10.5, 1, 1, .5, 10.6, 1, 1, .5, 100.5, 1, 1), T(DType.F32, [1, 1, 6], .9, .75, .6, .95, .5, .3), I(3), V(.5), V(0)], [A("center_point_box", 1)]),
        Node("nms_limit", 11, "NonMaxSuppression", [Boxes(1), T(DType.F32, [1, 1, 6], .9, .75, .6, .95, .5, .3), I(2), V(.5), V(0)]),
        Node("nms_scores", 11, "NonMaxSuppression", [Boxes(1), T(DType.F32, [1, 1, 6], .9, .75, .6, .95, .5, .3), I(3), V(.5), V(.4)]),
        Node("nms_batches", 11, "NonMaxSuppression", [Boxes(2), T(DType.F32, [2, 1, 6], .9, .75, .6, .95, .5, .3, .9, .75, .6, .95, .5, .3), I(2), V(.5), V(0)]),
        Node("nms_default", 10, "NonMaxSuppression", [Boxes(1), T(DType.F32, [1, 1, 6], .9, .75, .6, .95, .5, .3), I(2)]),
        Node("nms_boundary", 11, "NonMaxSuppression", [T(DType.F32, [1, 2, 4], 0, 0, 1, 1, 0, 0, .5, 1), T(DType.F32, [1, 1, 2], .9, .8), S(3), T(DType.F32, [], .5), T(DType.F32, [], 0)]),
    ];

    private static RefTensor Boxes(int batches)
    {
        double[] boxes = [0, 0, 1, 1, 0, .1, 1, 1.1, 0, -.1, 1, .9, 0, 10, 1, 11, 0, 10.1, 1, 11.1, 0, 100, 1, 101];
        return T(DType.F32, [batches, 6, 4], [.. Enumerable.Repeat(boxes, batches).SelectMany(static b => b)]);
    }

    private static Form Resize(string name, RefTensor x, RefValue? roi, RefValue? scales, RefValue? sizes, params (string, object)[] attributes) =>
        Node("resize_" + name, 19, "Resize", sizes is null ? [x, roi, scales] : [x, roi, scales, sizes], [.. attributes.Select(static a => A(a.Item1, a.Item2))]);

    private static IEnumerable<Form> Images()
    {
        RefTensor small = F(1, 1, 2, 2), wide = F(1, 1, 2, 4), square = F(1, 1, 4, 4);
        RefTensor up = V(1, 1, 2, 2), down = V(1, 1, 0.6, 0.6);
        return
        [
            Resize("up_nearest", small, null, V(1, 1, 2, 3), null, ("mode", "nearest")),
            Resize("down_nearest", wide, null, down, null, ("mode", "nearest")),
            Resize("up_sizes_nearest", small, null, null, I(1, 1, 7, 8), ("mode", "nearest")),
            Resize("up_linear", small, null, up, null, ("mode", "linear")),
            // ONNX Runtime rounds the length that the last element is aligned by; ONNX does not.
            Node("resize_down_linear_align", 19, "Resize", [T(DType.F32, [1, 1, 2, 4], 1, 2, 3, 4, 5, 6, 7, 8), null, down], [A("mode", "linear"), A("coordinate_transformation_mode", "align_corners")],
                expected: [T(DType.F32, [1, 1, 1, 2], 1, 3.142857)]),
            Resize("up_cubic_align", square, null, up, null, ("mode", "cubic"), ("coordinate_transformation_mode", "align_corners")),
            Resize("up_cubic_asymmetric", square, null, up, null, ("mode", "cubic"), ("coordinate_transformation_mode", "asymmetric")),
            Resize("up_cubic_A", square, null, up, null, ("mode", "cubic"), ("cubic_coeff_a", -0.5f), ("exclude_outside", 1)),
            Resize("down_cubic_antialias", square, null, V(1, 1, .6, .6), null, ("mode", "cubic"), ("antialias", 1)),
            Resize("down_linear_antialias", square, null, V(1, 1, .6, .6), null, ("mode", "linear"), ("antialias", 1)),
            Resize("down_sizes_cubic_antialias", square, null, null, I(1, 1, 3, 3), ("mode", "cubic"), ("antialias", 1)),
            Resize("down_sizes_linear_pytorch", square, null, null, I(1, 1, 3, 1), ("mode", "linear"), ("coordinate_transformation_mode", "pytorch_half_pixel")),
            Resize("half_pixel_symmetric", F(1, 1, 1, 4), null, V(1, 1, 1, .6), null, ("mode", "linear"), ("coordinate_transformation_mode", "half_pixel_symmetric")),
            Resize("up_sizes_cubic", square, null, null, I(1, 1, 9, 10), ("mode", "cubic")),
            Resize("up_sizes_ceil_half_pixel", square, null, null, I(1, 1, 8, 8), ("mode", "nearest"), ("coordinate_transformation_mode", "half_pixel"), ("nearest_mode", "ceil")),
            Resize("crop", square, V(0, 0, .4, .6, 1, 1, .6, .8), null, I(1, 1, 3, 3), ("mode", "linear"), ("coordinate_transformation_mode", "tf_crop_and_resize")),
            Resize("crop_axes_3_2", square, V(.6, .4, .8, .6), null, I(3, 3), ("mode", "linear"), ("coordinate_transformation_mode", "tf_crop_and_resize"), ("axes", new[] { 3, 2 })),
            Resize("up_scales_axes_2_3", small, null, V(2, 3), null, ("mode", "nearest"), ("axes", new[] { 2, 3 })),
            Resize("up_sizes_axes_3_2", small, null, null, I(8, 7), ("mode", "nearest"), ("axes", new[] { 3, 2 })),
            Resize("up_not_larger", small, null, null, I(7, 8), ("mode", "nearest"), ("axes", new[] { 2, 3 }), ("keep_aspect_ratio_policy", "not_larger")),
            Resize("up_not_smaller", small, null, null, I(7, 8), ("mode", "nearest"), ("axes", new[] { 2, 3 }), ("keep_aspect_ratio_policy", "not_smaller")),
            Resize("down_not_larger", wide, null, null, I(1, 3), ("mode", "nearest"), ("axes", new[] { 2, 3 }), ("keep_aspect_ratio_policy", "not_larger")),
            Resize("down_not_smaller", wide, null, null, I(1, 3), ("mode", "nearest"), ("axes", new[] { 2, 3 }), ("keep_aspect_ratio_policy", "not_smaller")),
            Node("resize_10", 10, "Resize", [small, up], [A("mode", "linear")]),
            Node("resize_11_crop", 11, "Resize", [square, V(0, 0, .4, .6, 1, 1, .6, .8), V(), I(1, 1, 3, 3)], [A("mode", "linear"), A("coordinate_transformation_mode", "tf_crop_and_resize")]),
            Node("resize_11_tf_half_pixel", 11, "Resize", [small, V(), V(1, 1, 2, 2)], [A("mode", "nearest"), A("coordinate_transformation_mode", "tf_half_pixel_for_nn")]),
            Node("upsample_9", 9, "Upsample", [small, V(1, 1, 2, 3)], [A("mode", "nearest")]),
            Node("upsample_7", 7, "Upsample", [small], [A("mode", "linear"), A("scales", new double[] { 1, 1, 2, 2 })]),
            Node("depthtospace", 13, "DepthToSpace", [F(1, 8, 2, 3)], [A("blocksize", 2), A("mode", "DCR")]),
            Node("spacetodepth", 13, "SpaceToDepth", [F(1, 2, 4, 6)], [A("blocksize", 2)]),
            .. from size in new[] { I(10, 7), I(5, 5), I(12, 12), I(4, 15) } select Node($"center_{string.Join('_', size.I)}", 18, "CenterCropPad", [F(10, 7), size]),
            Node("center_axes", 18, "CenterCropPad", [F(20, 8, 3), I(10, 9)], [A("axes", new[] { 0, 1 })]),
            Node("affine_2d", 20, "AffineGrid", [F(2, 2, 3), I(2, 3, 5, 6)], [A("align_corners", 0)]),
            Node("affine_2d_align", 20, "AffineGrid", [F(2, 2, 3), I(2, 3, 5, 6)], [A("align_corners", 1)]),
            Node("affine_3d_align", 20, "AffineGrid", [F(2, 3, 4), I(2, 3, 4, 5, 6)], [A("align_corners", 1)]),
        ];
    }

    private static IEnumerable<Form> Grids() =>
    [
        .. from mode in new[] { "linear", "nearest", "cubic" }
           from padding in new[] { "zeros", "border", "reflection" }
           from align in new[] { 0, 1 }
           select Node($"gridsample_{mode}_{padding}_{align}", 20, "GridSample", [F(1, 2, 4, 5), F(1, 3, 4, 2)], [A("mode", mode), A("padding_mode", padding), A("align_corners", align)]),
        .. from mode in new[] { "linear", "nearest" }
           from align in new[] { 0, 1 }
           select Node($"gridsample_3d_{mode}_{align}", 22, "GridSample", [F(1, 1, 3, 2, 2), F(1, 3, 2, 2, 3)], [A("mode", mode), A("align_corners", align)]),
        Node("gridsample_16", 16, "GridSample", [F(1, 2, 4, 5), F(1, 3, 4, 2)], [A("mode", "bicubic")]),
        Node("gridsample_16_default", 16, "GridSample", [F(1, 2, 4, 5), F(1, 3, 4, 2)]),
    ];
}
