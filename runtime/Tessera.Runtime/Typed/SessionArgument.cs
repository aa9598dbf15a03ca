namespace Tessera.Runtime;

/// <summary>An input of a run under its name, made by <see cref="SessionInput{T}.As"/>: with its sizes, with sizes to be found, or left out.</summary>
public readonly struct SessionArgument
{
    private SessionArgument(string name, TensorInput? input, bool areDimsOpen) => (Name, Input, AreDimsOpen) = (name, input, areDimsOpen);

    /// <summary>The input's name.</summary>
    public string Name { get; }

    /// <summary>Null for one that is left out.</summary>
    internal TensorInput? Input { get; }

    /// <summary>Whether only the number of elements is known.</summary>
    internal bool AreDimsOpen { get; }

    internal static SessionArgument Absent(string name) => new(name, null, false);

    internal static SessionArgument Of(TensorInput input, bool areDimsOpen = false) => new(input.Name, input, areDimsOpen);
}
