namespace Tessera.Nn.Weights;

/// <summary>Finds the name that was probably meant.</summary>
internal static class NearMiss
{
    /// <summary>Beyond this many pairs of names the search would cost more than the hint is worth.</summary>
    private const int MostCandidates = 5000;

    /// <summary>The candidate with the fewest edits, if these are at most a quarter of the name; the first of equals.</summary>
    public static string? Find(string name, IReadOnlyList<string> candidates)
    {
        var (best, fewest) = ((string?)null, (name.Length / 4) + 1);
        foreach (var candidate in candidates.Take(MostCandidates))
        {
            if (Math.Abs(candidate.Length - name.Length) >= fewest) continue;
            var edits = Edits(name, candidate);
            if (edits < fewest) (best, fewest) = (candidate, edits);
        }

        return best;
    }

    /// <summary>Levenshtein's distance, one row at a time.</summary>
    private static int Edits(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j < row.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
