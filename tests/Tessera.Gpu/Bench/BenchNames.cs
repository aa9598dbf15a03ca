namespace Tessera.Gpu.Bench;

/// <summary>Names of ways in rows, as scripts read them.</summary>
internal static class BenchNames
{
    public const string Ours = "tessera", Captured = "tessera, captured", Body = "function body", Mha = "ORT MultiHeadAttention, padded", PackedMha = "ORT PackedMultiHeadAttention", Moe = "ORT MoE";
}
