namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// How an expert is cut: hidden columns into chunks, each of which is made and used before the next. It depends on the expert's
/// sizes alone, so that sums are taken in the same order whatever else is computed.
/// </summary>
internal static class ExpertLayout
{
    private const int Chunks = 12, MinChunk = 128, MaxChunk = 512, Multiple = 64, InnerRows = 256;

    /// <summary>Hidden columns in a chunk, a multiple of every panel's width.</summary>
    public static int Chunk(int hidden) => Math.Clamp((((hidden + Chunks - 1) / Chunks) + Multiple - 1) / Multiple * Multiple, MinChunk, MaxChunk);

    /// <summary>[D, H]: all of a chunk's columns before the next chunk's.</summary>
    public static PanelMatrix Up(in MatrixSource source, int panel) =>
        new() { Source = source, Panel = panel, Group = Chunk(source.Columns), BlockRows = InnerRows };

    /// <summary>[H, D']: all of a chunk's rows before the next chunk's.</summary>
    public static PanelMatrix Down(in MatrixSource source, int panel) =>
        new() { Source = source, Panel = panel, Group = Math.Max(panel, (source.Columns + panel - 1) / panel * panel), BlockRows = Chunk(source.Rows) };
}
