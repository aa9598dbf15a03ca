namespace Tessera.Ir.Ops;

/// <summary>Which elements of one axis, with which weights, make up each element of the resized axis.</summary>
internal sealed class ResizeAxis(Resize op, long size, long result, double scale, (double From, double To) roi)
{
    /// <summary>Cubic convolution's weight at a distance (Keys 1981).</summary>
    public static double Cubic(double distance, double a)
    {
        double x = Math.Abs(distance);
        return x <= 1 ? ((((a + 2) * x) - (a + 3)) * x * x) + 1
            : x < 2 ? ((((a * x) - (5 * a)) * x) + (8 * a)) * x - (4 * a)
            : 0;
    }

    /// <summary>Positions with their weights; null where the element lies outside and takes the extrapolation value.</summary>
    public IReadOnlyList<(int Index, double Weight)>? Taps(long at)
    {
        double position = Position(at);
        if (op.Coordinates == "tf_crop_and_resize" && !(position >= 0 && position <= size - 1))
        {
            return null;
        }

        // The element on the left is preferred: the part lies in (0, 1].
        double left = Math.Ceiling(position) - 1;
        double part = position - left;
        List<(double Index, double Weight)> taps = op.Mode switch
        {
            "nearest" => [(left + (TakesRight(part) ? 1 : 0), 1)],
            "linear" => Spread(left, part, 1, static (d, _) => Math.Max(0, 1 - Math.Abs(d))),
            _ => Spread(left, part, 2, static (d, a) => Cubic(d, a)),
        };
        double total = 1;
        if (op.ExcludeOutside && op.Mode != "nearest")
        {
            taps = [.. taps.Where(t => t.Index >= 0 && t.Index < size)];
            total = taps.Sum(static t => t.Weight);
        }

        return [.. taps.Select(t => ((int)Math.Clamp(t.Index, 0, size - 1), t.Weight / total))];
    }

    // With antialiasing a smaller result sees a wider neighbourhood.
    private List<(double Index, double Weight)> Spread(double left, double part, int reach, Func<double, double, double> weight)
    {
        double narrowed = op.Antialias ? Math.Min(scale, 1) : 1;
        int first = (int)Math.Floor(-reach / narrowed) + 1;
        List<(double Index, double Weight)> taps = [.. Enumerable.Range(first, 2 - (2 * first)).Select(k => (left + k, weight((k - part) * narrowed, op.CubicCoeffA)))];
        double total = taps.Sum(static t => t.Weight);
        return op.Antialias ? [.. taps.Select(t => (t.Index, t.Weight / total))] : taps;
    }

    private bool TakesRight(double part) => part == 1 || op.NearestMode switch
    {
        "round_prefer_floor" => part > 0.5,
        "round_prefer_ceil" => part >= 0.5,
        "floor" => false,
        _ => true,
    };

    private double Position(long at)
    {
        double length = scale * size;
        return op.Coordinates switch
        {
            "align_corners" => length == 1 ? 0 : at * (size - 1) / (length - 1),
            "asymmetric" => at / scale,
            "tf_half_pixel_for_nn" => (at + 0.5) / scale,
            "tf_crop_and_resize" => (roi.From * (size - 1))
                + (length == 1 ? (roi.To - roi.From) * (size - 1) / 2 : at * (roi.To - roi.From) * (size - 1) / (length - 1)),
            "pytorch_half_pixel" => length == 1 ? -0.5 : ((at + 0.5) / scale) - 0.5,
            "half_pixel_symmetric" => (size / 2.0 * (1 - (result / length))) + ((at + 0.5) / scale) - 0.5,
            _ => ((at + 0.5) / scale) - 0.5,
        };
    }
}
