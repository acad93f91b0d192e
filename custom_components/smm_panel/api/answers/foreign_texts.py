"""Error texts of panels in other languages than English, by what they are about.

Written as `fold_words` returns them, so without accents. A blank is optional in the text.
Turkish, Vietnamese, Russian, Spanish, Portuguese, Indonesian, French, German, Uzbek, Chinese.
"""

from ..models import ErrorKind

_RU_WRONG = r"(неверн|некорректн|неправильн|недеиствительн)\w{1,4}"
_TR_WRONG = "(gecersiz|hatali|yanlis)"

FOREIGN_TEXTS: dict[ErrorKind, tuple[str, ...]] = {
    ErrorKind.PANEL_FAULT: (
        r"bilinmeyen (bir )?hata|beklenmedik|beklenmeyen|sunucu hatasi|veritabani",
        r"loi (khong xac dinh|he thong|may chu|ket noi|co so du lieu)",
        r"(неизвестн|внутренн|непредвиденн)\w{1,3} ошибк|ошибк\w{1,2} сервер|баз\w{1,3} данных",
        r"что то пошло не так",
        r"error (desconocido|interno|inesperado|del servidor)|algo salio mal|base de datos",
        r"erro (desconhecido|interno|inesperado|[dn]o servidor)|algo deu errado|banco de dados",
        r"kesalahan (tidak (diketahui|dikenal|terduga)|internal|server|sistem)",
        r"erreur (inconnue|interne|inattendue|du serveur)|base de donnees",
        r"(unbekannter|interner|unerwarteter) fehler|datenbank",
        r"noma lum xato|未知错误|系统(错误|异常|繁忙)|服务器(错误|异常)|数据库|网络(错误|异常)",
    ),
    ErrorKind.RATE_LIMITED: (
        r"cok (fazla|sik) istek|qua nhieu (yeu cau|lan)|слишком (много|часто)",
        r"demasiad[ao]s (solicitudes|peticiones|intentos)",
        r"muitas (requisicoes|solicitacoes|tentativas)",
        r"terlalu (banyak|sering) (permintaan|request)",
        r"trop de requetes|zu viele anfragen|频繁|请求(过|太)多",
    ),
    ErrorKind.DUPLICATE_LINK: (
        r"(aktif|devam eden) (bir )?siparis|zaten.{0,40}siparis|siparis.{0,40}zaten",
        r"da (ton tai|co).{0,20}don hang|don hang.{0,30}(da ton tai|bi trung)",
        r"ссылк.{0,60}уже|уже.{0,60}ссылк|активн\w{1,4} заказ|заказ уже существует",
        r"ya (existe|tienes?|hay).{0,20}(pedido|orden)|(pedido|orden) (activ|duplicad|ya existe)",
        r"ja (existe|possui|tem|ha).{0,20}pedido|pedido (ativo|duplicado|ja existe)",
        r"(masih|sudah) ada.{0,20}(pesanan|order)|pesanan (aktif|ganda)",
        r"deja.{0,20}commande|commande.{0,20}deja|重复|已有.{0,10}订单",
    ),
    ErrorKind.NOT_ENOUGH_FUNDS: (
        r"(bakiye|bakiyeniz|balans|balansingiz|mablag) (yetersiz|yetarli emas)|yetersiz bakiye",
        r"so du.{0,20}khong du|khong du (so du|tien)|недостаточно (средств|денег|баланс)",
        r"(saldo|fondos?|fundos?).{0,15}insuficientes?|sin (saldo|fondos)|no hay (saldo|fondos)",
        r"saldo.{0,15}(tidak|kurang) (cukup|mencukupi)|saldo kurang",
        r"(solde|fonds) insuffisants?|guthaben.{0,15}nicht aus|nicht genug guthaben|余额不足",
    ),
    ErrorKind.AUTH: (
        rf"{_TR_WRONG} (api )?anahtar|api anahtar\w* {_TR_WRONG}",
        r"hesa[bp]\w* (kapali|pasif|askiya|engel)",
        r"tai khoan.{0,20}(bi khoa|khong hoat dong)|(khoa api|api key) (khong hop le|sai)",
        rf"{_RU_WRONG} (api )?(ключ|токен)|аккаунт.{{0,20}}(заблокирован|отключен)",
        r"(clave|llave|token) (api )?(invalid|incorrect)",
        r"cuenta.{0,10}(suspendid|desactivad|bloquead)",
        r"chave (api )?(invalid|incorret)|conta.{0,10}(suspens|desativad|bloquead)",
        r"key (salah|tidak valid)|akun.{0,15}(ditangguhkan|nonaktif|diblokir)|密钥(错误|无效)",
    ),
    ErrorKind.BAD_SERVICE: (
        r"(servis|hizmet).{0,20}(bulunamadi|gecersiz|pasif|kapali|(aktif|mevcut) degil)",
        rf"{_TR_WRONG} (servis|hizmet)",
        r"dich vu.{0,20}(khong (ton tai|hop le|hoat dong|tim thay|kha dung)|tam (ngung|dung))",
        r"(услуг|сервис)\w{0,3} (не (наиден|существует|доступ|актив)|недоступ|отключен)",
        rf"{_RU_WRONG} (id )?(услуг|сервис)",
        r"servicio (no (encontrado|existe|disponible|valido)|invalid|inactiv|desactivad)",
        r"servico (nao (encontrado|existe|disponivel)|invalid|inativo|desativado|indisponivel)",
        r"layanan (tidak (ditemukan|tersedia|aktif|valid)|nonaktif)",
        r"service (introuvable|inexistant|desactive)|服务(不存在|无效|不可用|已(关闭|下架))",
    ),
    ErrorKind.BAD_LINK: (
        rf"{_TR_WRONG} (link|baglanti|url)|(link|baglanti|url) ({_TR_WRONG}|zorunlu|gerekli|bos)",
        r"(link|lien ket|duong dan|url) (khong (hop le|dung|ton tai)|sai|trong)",
        rf"{_RU_WRONG} (ссылк|url)|ссылк\w{{1,3}} ({_RU_WRONG}|обязательн|не указан|недоступ)",
        r"(enlace|link|url) (no valid|es (invalid|obligatori|requerid)|invalid|incorrect|requerid)",
        r"link (incorret|obrigatori|e obrigatori)|(link|tautan) (tidak valid|salah|wajib|kosong)",
        r"lien (invalide|incorrect|requis)|链接(无效|错误|不正确|不能为空)",
    ),
    ErrorKind.BAD_QUANTITY: (
        r"\bmiktar|so luong|количеств|cantidad|quantidade|\bjumlah|quantite|数量",
    ),
    ErrorKind.BAD_REQUEST: (
        rf"{_TR_WRONG} (istek|parametre)|eksik (parametre|alan)|(thieu|sai) tham so",
        rf"{_RU_WRONG} (запрос|параметр)|(solicitud|peticion|requisicao|solicitacao) invalida",
        r"falta (el )?(parametro|campo)|permintaan tidak valid|参数(错误|缺失|无效)|缺少参数",
    ),
    ErrorKind.MAINTENANCE: (
        r"\bbakim (modu|calismasi|nedeniyle)|bakimda|bao tri|техническ\w{1,3} (работ|обслужив)",
        r"mantenimiento|manutencao|pemeliharaan|维护",
    ),
}

# Names of the key and the account, for answers with the status 401 or 403.
KEY_WORDS = (
    r"hesa[bp]|anahtar|tai khoan|khoa api|ключ|токен|аккаунт|учетн\w+ запис|clave|cuenta|chave"
    r"|conta\b|kunci|akun|compte|schlussel|konto|密钥|账户|账号"
)

# That an order was placed or charged, and the words that deny it before.
DONE_TEXTS = (
    r"siparis\w* (\w{1,15} )?(alindi|olusturuldu|verildi|isleniyor|kaydedildi)|tahsil edildi",
    r"don (hang )?(\w{1,15} )?(da|dang) (duoc )?(tao|dat|xu ly|luu)|da tru (tien|so du)",
    r"заказ\w{0,2} (\w{1,15} )?(создан|размещен|оформлен|принят|сохранен|отправлен|обрабатыва)",
    r"(средства|деньги|сумма) (\w{1,15} )?списан",
    r"(pedido|orden) (\w{1,15} ){0,2}(realizad|cread|procesad|guardad|enviad)[oa]",
    r"pedido (\w{1,15} ){0,2}(criado|realizado|feito|processado|salvo|enviado)",
    r"(saldo|dinero) (\w{1,15} ){0,2}(cobrad|descontad|debitad)[oa]",
    r"pesanan (\w{1,15} ){0,2}(dibuat|diproses|disimpan)",
    r"saldo (\w{1,15} ){0,2}(dipotong|terpotong)",
    r"commande (\w{1,15} ){0,2}(passee|creee|enregistree|traitee)",
    r"bestellung (\w{1,15} ){0,2}(aufgegeben|angelegt|gespeichert|bearbeitet)",
    r"订单已(创建|提交|下|保存)|下单成功|已扣(款|费)|处理中",
)
DENIALS = "не|нет|khong|chua|nao|tidak|belum|gagal|nicht|kein|pas|degil|没有|未"
