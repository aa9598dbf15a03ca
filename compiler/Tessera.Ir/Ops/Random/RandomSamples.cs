namespace Tessera.Ir.Ops;

/// <summary>Why samples of random ops are not compared.</summary>
internal static class RandomSamples
{
    public const string Own = "a runtime draws numbers of its own";
}
