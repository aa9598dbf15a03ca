namespace Tessera.Passes.Tests.Batching;

/// <summary>Which inputs of a sample are the same for all examples, as weights are.</summary>
internal enum Sharing
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those of fixed size.</summary>
    Fixed,

    /// <summary>Those of fixed size but for the first, which most ops work on.</summary>
    AllButFirst,
}
