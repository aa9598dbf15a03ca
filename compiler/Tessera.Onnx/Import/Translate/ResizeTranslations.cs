using Tessera.Ir;
using Tessera.Ir.Evaluate;
using Tessera.Ir.Ops;

namespace Tessera.Onnx;

/// <summary>Resizing: scales in an initializer are constants of the graph, and its older forms.</summary>
internal static class ResizeTranslations
{
    public static IEnumerable<Translation> All =>
    [
        new("Resize", Resize) { Since = 11, ComesFirst = true },
        new("Resize", static node => Old(node, node[1])) { Since = 10, Until = 11 },
        new("Upsample", static node => Old(node, node[1])) { Since = 9, Until = 11 },
        new("Upsample", static node => node.Floats("scales") is { } scales ? Old(node, Constant(node, scales)) : null) { Since = 7, Until = 9 },
    ];

    private static IReadOnlyList<Value?>? Resize(NodeView node)
    {
        Resize defaults = new(node.Operand(0), null, null, null);
        string coordinates = node.Text("coordinate_transformation_mode", defaults.Coordinates);
        string nearest = node.Text("nearest_mode", defaults.NearestMode);
        if (coordinates == "tf_half_pixel_for_nn")
        {
            if (node.Text("mode", defaults.Mode) != "nearest" || HalfLower(nearest) is not { } lower)
            {
                return null;
            }

            (coordinates, nearest) = ("half_pixel", lower);
        }

        return
        [
            node.Emit(defaults with
            {
                Roi = coordinates == "tf_crop_and_resize" ? Known(node, 1) : null,
                Scales = IsEmpty(node[2]) ? null : Known(node, 2),
                Sizes = IsEmpty(node[3]) ? null : node[3],
                Mode = node.Text("mode", defaults.Mode),
                Coordinates = coordinates,
                NearestMode = nearest,
                Axes = [.. node.Ints("axes") ?? []],
                Antialias = node.Int("antialias", 0) != 0,
                CubicCoeffA = node.Float("cubic_coeff_a", defaults.CubicCoeffA),
                ExcludeOutside = node.Int("exclude_outside", 0) != 0,
                ExtrapolationValue = node.Float("extrapolation_value", 0),
                KeepAspectRatioPolicy = node.Text("keep_aspect_ratio_policy", "stretch"),
            }),
        ];
    }

    // A position (i + ½) / s lies half an element above that of half_pixel.
    private static string? HalfLower(string nearest) => nearest switch
    {
        "round_prefer_floor" => "ceil",
        "floor" => "round_prefer_ceil",
        _ => null,
    };

    private static IReadOnlyList<Value?>? Old(NodeView node, Value? scales) => scales is null ? null :
    [
        node.Emit(new Resize(node.Operand(0), null, node.Content(1) is { } known ? Constant(node, known) : scales, null)
        {
            Mode = node.Text("mode", "nearest") is "bilinear" ? "linear" : node.Text("mode", "nearest"),
            Coordinates = "asymmetric",
            NearestMode = "floor",
        }),
    ];

    private static Value? Known(NodeView node, int input) => node.Content(input, 64) is { } known ? Constant(node, known) : node[input];

    private static bool IsEmpty(Value? value) => value?.Type is TensorType { Shape: [{ ConstValue: 0 }] };

    private static Value Constant(NodeView node, RefTensor content) => node.Emit(new Constant { Value = RefTensors.ToContent(content) });

    private static Value Constant(NodeView node, float[] values) =>
        node.Emit(new Constant { Value = TensorContent.From<float>(DType.F32, [values.Length], values) });
}
