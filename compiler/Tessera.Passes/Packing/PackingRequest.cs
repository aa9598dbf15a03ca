namespace Tessera.Passes.Packing;

/// <summary>How a padded model is to be read.</summary>
public sealed record PackingRequest
{
    /// <summary>The size that is the number of examples.</summary>
    public required string Batch { get; init; }

    /// <summary>The sizes that padding makes longer.</summary>
    public required IReadOnlyList<string> Ragged { get; init; }

    /// <summary>Inputs that tell tokens from padding; none where examples of a batch have one length.</summary>
    public IReadOnlyList<string> Masks { get; init; } = [];

    /// <summary>What masks say of padding, by name, where it is known. Of a mask of floats that is not here, what can be proved is taken.</summary>
    public IReadOnlyDictionary<string, MaskForm> Forms { get; init; } = new Dictionary<string, MaskForm>();

    /// <summary>Whether lengths are read from masks later on, so that it must be certain what they say.</summary>
    public bool ReadsMasks { get; init; }

    /// <summary>What padding of an input holds, where it is promised: no element of an example is less.</summary>
    public IReadOnlyDictionary<string, double> Padding { get; init; } = new Dictionary<string, double>();
}
