"""What the commands say, in each language; braces are filled in."""

SENTENCES = {
    "en": {
        "minutes": "min",
        "begin": "Begin with one:  python -m exercises start NAME",
        "started": "{title}\nWrite line {line} of {file}, then say  python -m exercises check {name}",
        "blank": "the line is still to be written in {file}, under  # {equation}",
        "compared": "yours gives {got}; it should be {wanted}",
        "not started": "not begun",
        "right": "right. Your line beside the chapter's:  python -m exercises diff {name}",
        "score": "{folder}: {passed} of {all}",
        "mine": "yours",
        "chapter's": "the line of {chapter}",
    },
    "ko": {
        "minutes": "분",
        "begin": "하나를 골라 시작하세요:  python -m exercises start NAME",
        "started": "{title}\n{file}의 {line}번째 줄을 쓰고  python -m exercises check {name}  으로 확인하세요",
        "blank": "{file}에서  # {equation}  아래의 줄을 아직 쓰지 않았습니다",
        "compared": "나온 값은 {got}, 나와야 하는 값은 {wanted}",
        "not started": "아직 시작하지 않았습니다",
        "right": "맞았습니다. 쓴 줄을 장의 줄과 나란히 보려면  python -m exercises diff {name}",
        "score": "{folder}: {all}개 가운데 {passed}개",
        "mine": "내가 쓴 줄",
        "chapter's": "{chapter}의 줄",
    },
}
