namespace Tessera.Passes.Packing;

/// <summary>
/// What a value holds along an axis behind an example's own part of it, at places that are the example's own along all other axes;
/// where <see cref="IsEverywhere"/>, at places in padding along these as well.
/// </summary>
internal readonly record struct Fill
{
    // What a softmax gives no weight beside logits of any sensible size; exporters of old wrote −10,000.
    private const double Hidden = -9999;

    private Fill(bool isLow, double? number) => (IsLow, Number) = (isLow, number);

    /// <summary>Nobody knows; finite numbers.</summary>
    public static Fill Unknown { get; }

    /// <summary>Numbers so low that a softmax gives them no weight.</summary>
    public static Fill Low { get; } = new(true, null);

    /// <summary>Whether a softmax gives no weight to it.</summary>
    public bool IsLow { get; }

    /// <summary>The number that it is; null where it is none in particular.</summary>
    public double? Number { get; }

    /// <summary>Whether it is so in the corners too, where other axes have padding. A sum over one of two padded axes goes through corners.</summary>
    public bool IsEverywhere { get; init; }

    public static Fill Known(double number) => new(number <= Hidden, number);

    public bool Is(double number) => Number == number;
}
