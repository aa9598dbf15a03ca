using System.Runtime.CompilerServices;
using Tessera.Kernels.Cpu.Simd;

namespace Tessera.Kernels.Cpu.Experts;

/// <summary>Goes through a block of packed weights by lots of rows that share their scales and zero points.</summary>
internal unsafe ref struct PanelScales<TSimd, TVec>
    where TSimd : struct, ISimd<TVec>
    where TVec : struct
{
    private readonly ref readonly PanelMatrix _matrix;
    private readonly float* _buffer;
    private int _left;
    private int _within;
    private long _next;

    /// <param name="matrix">A packed matrix.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="buffer">Room for two panels.</param>
    public PanelScales(in PanelMatrix matrix, in PanelBlock block, float* buffer)
    {
        _matrix = ref matrix;
        _buffer = buffer;
        _left = block.Rows;
        if (matrix.Scale is null)
            return;
        (int index, _within) = Math.DivRem(block.Row, matrix.Source.BlockRows);
        _next = matrix.ScaleAt(index, block.Column);
    }

    /// <summary>[panel] each; Zero is null where all are 0, Scale where weights are no codes.</summary>
    public float* Scale { get; private set; }

    public float* Zero { get; private set; }

    /// <summary>Rows of the present lot.</summary>
    public int Rows { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        if (_matrix.Scale is null || _left == 0)
        {
            Rows = _left;
        }
        else
        {
            Rows = Math.Min(_left, _matrix.Source.BlockRows - _within);
            Load();
        }

        _left -= Rows;
        return Rows > 0;
    }

    /// <summary>Asks for the scales of a block.</summary>
    public static void Ask(in PanelMatrix matrix, in PanelBlock block)
    {
        if (matrix.Scale is null)
            return;
        int blocks = ((block.Rows - 1) / matrix.Source.BlockRows) + 1, bytes = matrix.Panel * matrix.Source.ScaleFormat.Bits() / 8;
        byte* first = (byte*)matrix.Scale + (matrix.ScaleAt(block.Row / matrix.Source.BlockRows, block.Column) * matrix.Source.ScaleFormat.Bits() / 8);
        Prefetch.Rows(first, bytes, blocks, bytes);
    }

    private void Load()
    {
        Scale = _matrix.Source.ScaleFormat == WeightFormat.F32 ? (float*)_matrix.Scale + _next : Widen();
        if (_matrix.Zero is not null)
        {
            Zero = _buffer + _matrix.Panel;
            for (int i = 0; i < _matrix.Panel; i += TSimd.Width)
                TSimd.Store(TSimd.LoadInt8(_matrix.Zero + _next + i), Zero + i);
        }

        _within = 0;
        _next += _matrix.Panel;
    }

    private readonly float* Widen()
    {
        Storage storage = _matrix.Source.ScaleFormat.Storage();
        if (_matrix.Source.ScaleFormat != WeightFormat.F64)
        {
            storage.Load(storage.At(_matrix.Scale, _next), _buffer, _matrix.Panel);
            return _buffer;
        }

        for (int i = 0; i < _matrix.Panel; i++)
            _buffer[i] = (float)((double*)_matrix.Scale)[_next + i];
        return _buffer;
    }
}
