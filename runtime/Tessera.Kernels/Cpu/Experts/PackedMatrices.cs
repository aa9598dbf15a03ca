namespace Tessera.Kernels.Cpu.Experts;

/// <summary>
/// All packed matrices in use in this process. Kernels whose weights are equal, element by element, share one packing: nodes with
/// the same initialiser as well as sessions of the same model. The last kernel that lets go frees it.
/// </summary>
internal static class PackedMatrices
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<int, List<PackedMatrix>> s_byFingerprint = [];

    /// <summary>Bytes of those in use that have a size.</summary>
    public static long BytesOf(int rows, int columns)
    {
        lock (s_lock)
            return s_byFingerprint.Values.SelectMany(static list => list).Where(m => m.View.Rows == rows && m.View.Columns == columns).Sum(static m => m.Bytes);
    }

    /// <summary>The packing of a matrix, new or one that holds the same.</summary>
    public static PackedMatrix Acquire(in PanelMatrix matrix)
    {
        int fingerprint = Fingerprint(matrix);
        lock (s_lock)
        {
            if (!s_byFingerprint.TryGetValue(fingerprint, out List<PackedMatrix>? list))
                s_byFingerprint.Add(fingerprint, list = []);
            PackedMatrix? found = null;
            foreach (PackedMatrix candidate in list)
                found ??= candidate.Holds(matrix) ? candidate : null;
            if (found is null)
                list.Add(found = new(matrix));
            found.Users++;
            return found;
        }
    }

    public static void Release(PackedMatrix matrix)
    {
        lock (s_lock)
        {
            if (--matrix.Users > 0)
                return;
            foreach ((int fingerprint, List<PackedMatrix> list) in s_byFingerprint)
            {
                if (!list.Remove(matrix))
                    continue;
                if (list.Count == 0)
                    s_byFingerprint.Remove(fingerprint);
                break;
            }

            matrix.Free();
        }
    }

    /// <summary>Of the sizes and of some elements all over the matrix. Equal ones are compared in full.</summary>
    private static unsafe int Fingerprint(in PanelMatrix matrix)
    {
        const int Samples = 61;
        HashCode hash = default;
        hash.Add(matrix.Rows);
        hash.Add(matrix.Columns);
        hash.Add(matrix.Source.Format);
        for (int i = 0; i < Samples && matrix.Count > 0; i++)
        {
            long row = (long)i * matrix.Rows / Samples, column = (long)((i * 37) % Samples) * matrix.Columns / Samples;
            hash.Add(matrix.Source.ReadDouble((int)row, (int)column));
        }

        return hash.ToHashCode();
    }
}
