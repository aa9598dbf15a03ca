namespace Tessera.Ir.Batching;

/// <summary>Where one-example axes stand in a batched value.</summary>
public static class Layout
{
    /// <summary>Physical axis of a non-negative one-example axis.</summary>
    public static int Axis(Batched value, int axis) => value.Form switch
    {
        BatchForm.Unbatched => axis,
        BatchForm.Dense or BatchForm.Padded => axis + 1,
        _ => axis == value.Axis ? 0 : axis < value.Axis ? axis + 1 : axis,
    };
}
