namespace Tessera.Ir.Ops;

/// <summary>
/// MT19937 (Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8, 1998), from which the node tests of ONNX draw what a seed
/// fixes: two words make a number in [0, 1) of 53 bits.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Shift = 397;
    private readonly uint[] _state = new uint[Length];
    private int _at = Length;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Length; i++)
        {
            _state[i] = unchecked((1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i);
        }
    }

    /// <summary>The next number in [0, 1).</summary>
    public double NextUniform()
    {
        (uint high, uint low) = (Next() >> 5, Next() >> 6);
        return ((high * 67108864.0) + low) / 9007199254740992.0;
    }

    private uint Next()
    {
        if (_at == Length)
        {
            Twist();
        }

        uint y = _state[_at++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < Length; i++)
        {
            uint y = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + Shift) % Length] ^ (y >> 1) ^ ((y & 1) == 0 ? 0 : 0x9908B0DF);
        }

        _at = 0;
    }
}
