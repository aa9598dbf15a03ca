namespace Tessera.Runtime;

/// <summary>An input of strings of a run of a <see cref="TypedSession"/>: an array, whose sizes follow as those of <see cref="SessionInput{T}"/> do.</summary>
public readonly struct SessionTexts
{
    private readonly string[]? _data;
    private readonly long[]? _dims;

    private SessionTexts(string[] data, long[]? dims) => (_data, _dims) = (data, dims);

    /// <summary>An array, row-major; null leaves the input out.</summary>
    public static implicit operator SessionTexts(string[]? data) => data is null ? default : new(data, null);

    /// <summary>An input of these sizes, outermost first; none is a scalar.</summary>
    public static SessionTexts Of(string[] data, params ReadOnlySpan<long> dims)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new(data, dims.ToArray());
    }

    /// <summary>The input under a name of the model's.</summary>
    public SessionArgument As(string name) => _data is null ? SessionArgument.Absent(name)
        : _dims is not null ? SessionArgument.Of(TensorInput.FromStrings(name, _data, _dims))
        : SessionArgument.Of(TensorInput.FromStrings(name, _data, _data.Length), areDimsOpen: true);
}
